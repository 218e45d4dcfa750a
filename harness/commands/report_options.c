#include "commands/report_options.h"

#include <string.h>

#include "base/memory.h"
#include "commands/command.h"

static const double usual_limit = 20; /* seconds */

struct wishes {
    struct report_wish *items;
    size_t count;
    char *text; /* what the names and places of --report are in */
};

static void add_wish(struct wishes *w, const char *name, const char *where)
{
    if (where)
        *(struct report_wish *)memory_append(&w->items, &w->count, sizeof *w->items) =
            (struct report_wish){name, where};
}

/* "NAME=FILE,NAME", cut up in place; without a file it goes to standard output. */
static void read_report(struct wishes *w, const char *given)
{
    w->text = memory_copy_of(given);
    for (char *at = w->text; at;) {
        char *next = strchr(at, ','), *sign = strchr(at, '=');
        if (next)
            *next++ = '\0';
        bool has_place = sign && (!next || sign < next);
        if (has_place)
            *sign++ = '\0';
        add_wish(w, at, has_place ? sign : "-");
        at = next;
    }
}

bool report_options_open(struct reporting *r, const struct arguments *a,
                         const struct reporting_request *usual, struct error *e)
{
    struct wishes w = {0};
    const char *given = arguments_value(a, "format"), *report = arguments_value(a, "report");
    static const char *const receivers[] = {"webhook", "pushgateway", "otlp"};
    struct reporting_request request = *usual;
    request.send_limit = usual_limit;
    request.out = stdout;
    request.progress = stderr;
    if (given)
        request.format = given;
    for (size_t i = 0; i < sizeof receivers / sizeof *receivers; i++)
        add_wish(&w, receivers[i], arguments_value(a, receivers[i]));
    if (report)
        read_report(&w, report);
    bool good = arguments_seconds(a, "outward-limit", &request.send_limit, e);
    request.wishes = w.items;
    request.wish_count = w.count;
    good = good && reporting_open(r, &request, e);
    free(w.items);
    free(w.text);
    return good;
}

void report_options_send(const struct reporting *r, const struct run_record *record,
                         const struct cancel *cancel)
{
    char *warnings = NULL;
    if (!reporting_sends(r))
        return;
    if (cancel_is_raised(cancel))
        warnings = memory_copy_of("interrupted");
    else
        reporting_send(r, record, cancel, &warnings);
    for (const char *line = warnings; line && *line;) {
        size_t length = strcspn(line, "\n");
        fprintf(stderr, "pgrehearse: results were not sent: %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    free(warnings);
}

int report_options_finish(struct reporting *r, const struct run_record *record,
                          const struct cancel *cancel, int code)
{
    struct error e = {0};
    if (!reporting_finish(r, &e)) {
        command_fail(&e);
        code = code == EXIT_PASSED ? EXIT_UNCHECKED : code;
    }
    if (record->scenario_count)
        report_options_send(r, record, cancel);
    return code;
}
