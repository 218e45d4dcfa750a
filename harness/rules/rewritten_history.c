#include <stdlib.h>

#include "base/memory.h"
#include "rules/look.h"

/* The history of the branch's commit, which databases have, is not a beginning of this one. */
static void see(struct rule_look *look, struct rule_relived *relived)
{
    char *evidence = memory_format("%s: %s", relived->rewritten, relived->outcome);
    look_sees(look, "the history", evidence, relived->remedy);
    look->file = relived->file;
    relived->file = NULL;
    free(evidence);
}

static bool check(struct rule_look *look, struct error *e)
{
    const struct rule_ground *g = look->ground;
    struct rule_relived relived = {0};
    bool good = g->relive(g->context, &relived, e);
    if (good && relived.obstacle) {
        char *why = memory_format("the history %s, and a database that has the earlier one cannot "
                                  "be tried: %s",
                                  relived.rewritten, relived.obstacle);
        look_not_run(look, why);
        free(why);
    } else if (good && relived.outcome) {
        see(look, &relived);
    }
    free(relived.rewritten);
    free(relived.file);
    free(relived.outcome);
    free(relived.obstacle);
    free(relived.remedy);
    return good;
}

const struct rule rule_rewritten_history = {
    .name = "rewritten-history",
    .level = LEVEL_FINDING,
    .moment = RULE_OF_HISTORY,
    .needs_run = true,
    .property = "databases that have the earlier history come to the same schema",
    .sees =
        "A branch (--since GITREF) that puts a revision before others, changes or removes one, "
        "where the schema of a database with the earlier history then differs from that of a "
        "new one, or it is refused. Both are made and compared; an edit that makes no difference "
        "passes.",
    .why = "A migrator runs no revision twice. Some never run one whose number is below the "
           "newest that the database has, others refuse it or notice the edit. New databases, "
           "those of the tests among them, show nothing of it.",
    .remedy = "make the change in a new revision behind all others",
    .source = "https://github.com/superplanehq/superplane/issues/4812, "
              "https://github.com/maragudk/glue/issues/186, "
              "https://github.com/margince/margince/issues/3875",
    .check = check,
};
