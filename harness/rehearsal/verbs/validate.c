#include "base/memory.h"
#include "migrator/migrator_place.h"
#include "rehearsal/remembered.h"
#include "schema/judge_validation.h"

/* Tells the validations how many rows there were when the scenario first looked. */
static bool tell_rows(struct rehearsal *r, struct error *e)
{
    const struct remembered *first = remembered_first(r);
    for (size_t i = 0; first && i < first->fingerprint_count; i++)
        if (!validation_tell_rows(&r->connection, r->run->ground.suite->preserved_tables[i],
                                  first->fingerprints[i].rows, e))
            return false;
    return true;
}

/* It names what is not there: the migration took that away, or the query is wrong. */
static void query_failed(struct rehearsal *r, struct check *c, struct evidence *evidence,
                         const struct validation *v, const char *message)
{
    char *file = migrator_path_for_display(v->path);
    if (!evidence->remedy)
        evidence->remedy = "let the migration keep what the query asks for, or correct the query";
    check_finding(r, c, evidence, "%s (%s)", message, file);
    free(file);
}

static void run_one(struct rehearsal *r, struct check *c, const struct validation *v)
{
    char *message, *rows;
    struct error e = {0};
    enum judgement judgement = judge_validation(&r->connection, v, &message, &rows, &e);
    struct evidence evidence = {
        .remedy = v->remedy, .expected = "no row", .found = rows ? rows : message, .sql = v->sql};
    if (judgement == JUDGEMENT_HOLDS)
        check_pass(r, c);
    else if (judgement == JUDGEMENT_OFFENDED && rows)
        check_finding(r, c, &evidence, "%s", message);
    else if (judgement == JUDGEMENT_OFFENDED)
        query_failed(r, c, &evidence, v, message);
    else
        check_error(r, c, &e);
    free(message);
    free(rows);
}

void validate_if_any(struct rehearsal *r, const char *validations)
{
    validate(r, validations);
}

/* The suite need not declare them: then there is no such step. */
void validate(struct rehearsal *r, const char *validations)
{
    struct error e = {0}, none = {0};
    struct validation_list list = {0};
    const struct suite_validations *v =
        suite_find_validations(r->run->ground.suite, validations, &none);
    if (!v)
        return;
    step_begin(r, "validate %s", validations);
    char *folder = suite_path(r->run->ground.suite, v->folder);
    validation_list_load(folder, &list, &e);
    free(folder);
    struct check **checks = memory_zeroed(list.count, sizeof *checks);
    for (size_t i = 0; i < list.count; i++)
        checks[i] = step_check(r, "validation", list.items[i].requirements, "%s: %s", validations,
                               list.items[i].title);
    struct check *loaded = NULL;
    if (e.kind != ERROR_NONE)
        loaded = step_check(r, "validation", NULL, "%s can be read", validations);
    if (step_runs(r) && loaded)
        check_error(r, loaded, &e);
    else if (step_runs(r) && !tell_rows(r, &e))
        check_error(r, checks[0], &e);
    for (size_t i = 0; i < list.count && step_runs(r); i++)
        run_one(r, checks[i], &list.items[i]);
    free(checks);
    validation_list_release(&list);
}
