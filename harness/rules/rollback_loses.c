#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/look.h"
#include "rules/sql.h"

/* What is written where the database is at the target, and what comes of it. */
struct writing {
    struct rule_look *look;
    char *plan;  /* rows as the old release writes them, as JSON */
    char *loose; /* values that only the target takes */
    char *was, *wrote, *about;
};

static void writing_release(struct writing *w)
{
    char *const strings[] = {w->plan, w->loose, w->was, w->wrote, w->about};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
}

/* What can be written, both kinds; an empty `loose` means that the way back cannot lose a row. */
static bool plan_writing(struct writing *w, struct error *e)
{
    static const char rows[] =
        "SELECT relation AS about, now AS sql FROM json_to_recordset($1) AS x (relation text, "
        "action text, attempt integer, role text, now text) WHERE action = 'INSERT' AND attempt = "
        "1 AND role IS NULL AND NOT (relation = ANY ($2) OR regexp_replace(relation, '^.*[.]', '') "
        "= ANY ($2))";
    struct rule_ground *g = w->look->ground;
    /* what is written to the migrator's own tables would mislead it */
    char *own = connection_array((const char *const *)g->own_tables, g->own_table_count);
    char *bounds = look_facts(g->before, sql_rule_bounds_facts, 0, NULL, e);
    const char *const both[] = {bounds, g->bounds_after};
    const char *const plan[] = {g->trial_plan, own};
    w->loose = bounds ? look_facts_of(g->before, sql_rule_bounds_judge, 2, both, e) : NULL;
    w->plan = w->loose ? look_facts(g->before, rows, 2, plan, e) : NULL;
    free(bounds);
    free(own);
    return w->plan != NULL;
}

/* Runs the statements in a transaction of their own; what they were about, to be freed. */
static char *write_rows(struct connection *there, const char *plan, struct error *e)
{
    static const char run[] =
        "SELECT string_agg(about, ', ') FROM pg_temp.pgrehearse_write($1) AS x (about)";
    bool begun =
        connection_run(there, sql_rule_spell, e) && connection_run(there, sql_rule_write_helper, e);
    char *about = begun ? connection_value(there, run, 1, &plan, e) : NULL;
    struct error ignored = {0};
    if (about && connection_run(there, "COMMIT", e) && connection_run(there, "DISCARD TEMP", e))
        return about;
    connection_run(there, "ROLLBACK", &ignored);
    free(about);
    return NULL;
}

/* Rows are counted before those values are written that the way back may have to take out. */
static bool visit(void *context, struct connection *there, struct error *e)
{
    struct writing *w = context;
    char *rows = NULL;
    bool good = (w->was = look_facts(there, sql_rule_count_facts, 0, NULL, e)) &&
                (rows = write_rows(there, w->plan, e)) &&
                (w->wrote = look_facts(there, sql_rule_count_facts, 0, NULL, e)) &&
                (w->about = write_rows(there, w->loose, e));
    free(rows);
    return good;
}

static void blame_failure(const struct writing *w, const char *trouble)
{
    bool is_loose = *w->about;
    char *evidence =
        memory_format("%s (written at the target: %s)", trouble, is_loose ? w->about : "rows");
    look_sees(w->look, "the migration", evidence, NULL);
    free(evidence);
}

static bool compare(const struct writing *w, struct connection *there, struct error *e)
{
    char *back = look_facts(w->look->ground->back, sql_rule_count_facts, 0, NULL, e);
    char *now = back ? look_facts(there, sql_rule_count_facts, 0, NULL, e) : NULL;
    const char *const values[] = {w->was, w->wrote, back, now};
    bool good = now && look_judge(w->look, there, sql_rule_kept_judge, 4, values, e);
    free(back);
    free(now);
    return good;
}

static bool go(struct writing *w, struct error *e)
{
    struct rule_ground *g = w->look->ground;
    struct connection *there = NULL;
    char *trouble = NULL;
    const struct rule_journey journey = {.place = "back once the new release has written rows",
                                         .back = true,
                                         .visit = visit,
                                         .visitor = w};
    bool good = g->travel(g->context, &journey, &there, &trouble, e);
    if (good && trouble && w->about)
        blame_failure(w, trouble);
    else if (good && !trouble && w->about && !*w->about)
        good = compare(w, there, e);
    free(trouble);
    return good;
}

static bool check(struct rule_look *look, struct error *e)
{
    struct writing w = {.look = look};
    struct rule_ground *g = look->ground;
    if (!g->travel || !g->bounds_after || !g->trial_plan) {
        look_not_run(look, "nothing was written at the target");
        return true;
    }
    bool good = plan_writing(&w, e) && (strcmp(w.loose, "[]") == 0 || go(&w, e));
    writing_release(&w);
    return good;
}

const struct rule rule_rollback_loses = {
    .name = "rollback-loses",
    .level = LEVEL_WARNING,
    .moment = RULE_ROLLED_BACK,
    .needs_run = true,
    .property = "the rollback keeps what was written since the upgrade",
    .sees = "Rows that were written at the target, in a table that was there before, and are gone "
            "after the rollback; or a rollback that fails once a column holds what only the target "
            "takes: NULL, a new label of an enum, a key twice. Tried where the upgrade rebuilds a "
            "table, or changes or loosens one of its columns or keys.",
    .why =
        "A rollback is rehearsed on the rows of the old release, and needed when the new one has "
        "written for an hour. It restores the rows that were set aside, or stops at the first "
        "NULL.",
    .remedy = "let the downgrade keep these rows: give them a value that the old schema takes "
              "before narrowing it",
    .source = "https://github.com/metabase/metabase/pull/44886, "
              "https://github.com/leggedrobotics/kleinkram/issues/2367",
    .check = check,
};
