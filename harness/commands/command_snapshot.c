/* pgrehearse snapshot and diff: the facts of a schema, and what differs between two of them. */
#include "commands/arguments.h"
#include "commands/command.h"
#include "ground/given_database.h"
#include "schema/delta.h"
#include "schema/snapshot.h"

static bool print_snapshot(const struct arguments *a, struct error *e)
{
    const char *url = arguments_value(a, "database");
    if (!url || a->positional_count)
        return error_set(e, ERROR_USAGE, "snapshot: expected --database URL and nothing else");
    struct connection c = {0};
    struct snapshot s = {0};
    bool good = given_database_open(&c, url, true, NULL, e) &&
                connection_run(&c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e) &&
                snapshot_take(&c, &s, e);
    if (good)
        snapshot_write(&s, stdout); /* main() tells what could not be written */
    connection_close(&c);
    snapshot_release(&s);
    return good;
}

const struct option_spec command_snapshot_options[] = {
    {"database", "URL", "the database; it is only read"}, {NULL, NULL, NULL}};

int command_snapshot(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct arguments a;
    bool good = arguments_parse(&a, argc, argv, self->synopsis, self->options, NULL, &e) &&
                (a.help || print_snapshot(&a, &e));
    arguments_release(&a);
    return good ? EXIT_PASSED : command_fail(&e);
}

/* Prints the delta; whether there is one into `*differs`. */
static bool print_delta(const struct arguments *a, bool *differs, struct error *e)
{
    if (a->positional_count != 2)
        return error_set(e, ERROR_USAGE, "diff: expected two files made by pgrehearse snapshot");
    struct snapshot before = {0}, after = {0};
    bool good = snapshot_read_file(&before, a->positional[0], e) &&
                snapshot_read_file(&after, a->positional[1], e);
    if (good) {
        struct delta d = {0};
        struct text lines = {0};
        delta_compute(&before, &after, &d);
        delta_render(&d, &lines);
        fputs(text_string(&lines), stdout);
        *differs = delta_count_shown(&d) > 0;
        text_release(&lines);
        delta_release(&d);
    }
    snapshot_release(&before);
    snapshot_release(&after);
    return good;
}

const struct option_spec command_diff_options[] = {{NULL, NULL, NULL}};

int command_diff(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct arguments a;
    bool differs = false;
    bool good = arguments_parse(&a, argc, argv, self->synopsis, self->options, NULL, &e) &&
                (a.help || print_delta(&a, &differs, &e));
    arguments_release(&a);
    if (!good)
        return command_fail(&e);
    return differs ? EXIT_FINDINGS : EXIT_PASSED;
}
