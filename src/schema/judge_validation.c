#include "schema/judge_validation.h"

#include "base/memory.h"
#include "base/text.h"

static const size_t most_told = 3; /* rows in the one line of a finding */

/*
 * A column or table that is not there is the migration's doing; so is all else that the server
 * refuses, except for its own troubles and for a query that is not SQL (42601).
 */
static bool is_finding(const struct error *e)
{
    return e->kind == ERROR_UNAVAILABLE && !error_is_of_server(e) &&
           strcmp(e->sqlstate, "42601") != 0;
}

/* "3 rows: id=1; id=2; id=3", of one row just itself: all are counted, a few of them reported. */
static char *first_rows(const char *rows, size_t offending)
{
    struct text t = {0};
    const char *row = rows ? rows : "";
    if (offending > 1)
        text_append_format(&t, "%zu rows: ", offending);
    for (size_t i = 0; i < most_told && i < offending && *row; i++) {
        size_t length = strcspn(row, "\n");
        text_append_format(&t, "%s%.*s", i ? "; " : "", (int)length, row);
        row += length + (row[length] == '\n');
    }
    text_append(&t, offending > most_told ? " …" : "");
    return text_detach(&t);
}

enum judgement judge_validation(struct connection *c, const struct validation *v, char **message,
                                char **rows, struct error *e)
{
    struct validation_result result;
    struct error failed = {0};
    *message = *rows = NULL;
    if (!validation_run(c, v, &result, &failed)) {
        validation_result_release(&result);
        *message = memory_format("%s: %s", v->title, failed.message);
        if (is_finding(&failed))
            return JUDGEMENT_OFFENDED;
        error_prefix(&failed, "%s", v->path);
        error_take(e, &failed);
        return JUDGEMENT_UNKNOWN;
    }
    *rows = result.rows;
    if (result.offending == 0)
        return JUDGEMENT_HOLDS;
    char *few = first_rows(result.rows, result.offending);
    *message = memory_format("%s: violated: %s", v->title, few);
    free(few);
    return JUDGEMENT_OFFENDED;
}
