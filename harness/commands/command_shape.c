/* pgrehearse shape: what matters of a production database, and none of its rows. */
#include <stdio.h>

#include "base/whole_file.h"
#include "commands/arguments.h"
#include "commands/command.h"
#include "ground/signals.h"
#include "postgres/url.h"
#include "production/shapes/shape_source.h"

const struct option_spec command_shape_options[] = {
    {"source", "URL", "the database; it is only read, and none of its rows"},
    {"with-values", NULL, "add the statistics that hold values: common ones and histograms"},
    {"output", "FILE",
     "file for the shape, which only its owner can read (default: standard output)"},
    {NULL, NULL, NULL}};

static bool check(const struct arguments *a, struct error *e)
{
    const char *url = arguments_value(a, "source"), *output = arguments_value(a, "output");
    struct url parsed = {0};
    if (!url || !*url || a->positional_count)
        return error_set(e, ERROR_USAGE, "shape: expected --source URL and no other argument");
    if (output && !*output)
        return error_set(e, ERROR_USAGE, "--output: expected the name of a file");
    bool good = url_parse(&parsed, url, e) || error_prefix(e, "--source");
    url_release(&parsed);
    return good;
}

static void print_notes(const char *notes)
{
    while (*notes) {
        size_t length = strcspn(notes, "\n");
        fprintf(stderr, "pgrehearse: %.*s\n", (int)length, notes);
        notes += length + (notes[length] == '\n');
    }
}

static bool deliver(const struct arguments *a, const struct text *json, struct error *e)
{
    const char *output = arguments_value(a, "output");
    if (output)
        return whole_file_write(output, text_string(json), json->length, e);
    fputs(text_string(json), stdout); /* main() reports what could not be written */
    return true;
}

static bool take(const struct arguments *a, const struct cancel *cancel, struct error *e)
{
    struct text json = {0}, notes = {0};
    const struct shape_request request = {.url = arguments_value(a, "source"),
                                          .with_values = arguments_given(a, "with-values"),
                                          .cancel = cancel};
    bool good = shape_take(&request, &json, &notes, e) && deliver(a, &json, e);
    if (good)
        print_notes(text_string(&notes));
    text_release(&json);
    text_release(&notes);
    return good;
}

int command_shape(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct arguments a;
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    bool good = arguments_parse(&a, argc, argv, self->synopsis, self->options, NULL, &e);
    if (good && !a.help)
        good = check(&a, &e) &&
               ((cancel_init(&cancel) && signals_watch(&signals, &cancel)) ||
                error_set(&e, ERROR_UNAVAILABLE, "cannot watch for signals")) &&
               take(&a, &cancel, &e);
    signals_release(&signals);
    cancel_release(&cancel);
    arguments_release(&a);
    return good ? EXIT_PASSED : command_fail(&e);
}
