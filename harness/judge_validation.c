#include "judge_validation.h"

#include "memory.h"

/*
 * A column or table that is not there is the migration's doing; so is all else that the server
 * refuses, but for its own troubles and for a query that is no SQL (42601).
 */
static bool is_finding(const struct error *e)
{
    return e->kind == ERROR_UNAVAILABLE && !error_is_of_server(e) &&
           strcmp(e->sqlstate, "42601") != 0;
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
        error_set_sqlstate(e, failed.kind, failed.sqlstate, "%s: %s", v->path, failed.message);
        return JUDGEMENT_UNKNOWN;
    }
    *rows = result.rows;
    if (result.offending == 0)
        return JUDGEMENT_HOLDS;
    const char *first = result.rows ? result.rows : "";
    *message = memory_format("%s: does not hold: %.*s%s", v->title, (int)strcspn(first, "\n"),
                             first, result.offending > 1 ? " …" : "");
    return JUDGEMENT_OFFENDED;
}
