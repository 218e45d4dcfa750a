#include "rehearsal/check_kinds.h"

#include "base/memory.h"
#include "rules/rule.h"

static const char *const kinds[] = {
    /* the ground of a scenario */
    "database", "fixture", "unfilled", "scale", "remember", "twin",
    /* the migrator */
    "upgrade", "downgrade", "current", "history", "second-run", "log", "time-limit",
    "time-limit-at-scale", "relayed", "interrupted",
    /* what it changed */
    "delta", "change", "revisions", "rows-kept", "schema-restored", "undone", "way-back",
    "untouched", "rolled-back", "validation", "check-enforced", "enforced", "accepts", "rejects",
    /* faults */
    "planted", "remedy", "stamp", "refusal", "message", "stopped", "sessions-ended", "accepted",
    "left-in-place",
    /* costs */
    "budget", "probes",
    /* deployment */
    "application", "deployment", "deployment-failure", "deployment-rollback",
    /* production */
    "source", "environment", "source-holds", "source-revision", "production-copy", "baseline",
    "backup", "restore"};
enum { KINDS = sizeof kinds / sizeof *kinds };

const char **check_kinds(size_t *count)
{
    *count = KINDS + rule_table_size;
    const char **all = memory_zeroed(*count, sizeof *all);
    for (size_t i = 0; i < KINDS; i++)
        all[i] = kinds[i];
    for (size_t i = 0; i < rule_table_size; i++)
        all[KINDS + i] = rule_table[i]->name;
    return all;
}
