#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/look.h"
#include "rules/sql.h"

/* Whether the upgrade changed what a restore has to evaluate; if not, nothing can be different. */
static bool is_concerned(struct rule_ground *g, bool *concerned, struct error *e)
{
    char *was = look_facts(g->before, sql_rule_evaluated_facts, 0, NULL, e);
    char *is = was ? look_facts(g->after, sql_rule_evaluated_facts, 0, NULL, e) : NULL;
    const char *const both[] = {was, is};
    char *found = is ? look_facts(g->after, sql_rule_evaluated_judge, 2, both, e) : NULL;
    *concerned = found && strcmp(found, "[]") != 0;
    bool good = found != NULL;
    free(found);
    free(was);
    free(is);
    return good;
}

/* What was so before is not the migration's fault. */
static bool compare(struct rule_look *look, struct error *e)
{
    struct rule_ground *g = look->ground;
    char *now = NULL, *before = NULL, *obstacle = NULL;
    bool good = g->restore(g->context, true, &now, &obstacle, e) &&
                (!now || g->restore(g->context, false, &before, &obstacle, e));
    if (good && obstacle)
        look_not_run(look, obstacle);
    else if (good && now && !before) {
        char *evidence = memory_format("cannot be restored from a dump any more: %s", now);
        look_sees(look, "the database", evidence, NULL);
        free(evidence);
    }
    free(obstacle);
    free(before);
    free(now);
    return good;
}

static bool check(struct rule_look *look, struct error *e)
{
    bool concerned = false, may = false;
    if (!look->ground->restore) {
        look_not_run(look, "no dump can be taken here");
        return true;
    }
    if (!is_concerned(look->ground, &concerned, e) ||
        !look_is_superuser(look->ground->after, &may, e))
        return false;
    if (concerned && !may)
        look_not_run(look, "only a superuser can restore a dump as a whole");
    return !concerned || !may || compare(look, e);
}

const struct rule rule_unrestorable_dump = {
    .name = "unrestorable-dump",
    .level = LEVEL_FINDING,
    .needs_run = true,
    .property = "a dump of the database can be restored",
    .sees =
        "A database that pg_dump saves and pg_restore cannot bring back, though it could before "
        "the upgrade. Tried where the upgrade changes a function of the schema, or a check, "
        "generated column, index or materialized view that calls one.",
    .why = "pg_restore works with an empty search_path, and fills one table after the other: a "
           "function that leaves out the schema of what it names, or reads another table, works "
           "in every session and fails in every restore. This shows when the backup is needed.",
    .remedy = "write the schema of everything that the function names, or give it SET search_path; "
              "replace a check that reads another table by a foreign key or a trigger",
    .source = "https://github.com/boardsesh/boardsesh/issues/4699, "
              "https://github.com/ArkEcosystem/core/issues/2857, "
              "https://github.com/supabase/cli/issues/3921",
    .check = check,
};
