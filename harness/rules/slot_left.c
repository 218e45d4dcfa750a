#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_outside(look, sql_rule_slot_judge, e);
}

const struct rule rule_slot_left = {
    .name = "slot-left",
    .level = LEVEL_FINDING,
    .needs_run = true,
    .property = "no replication slot is left behind",
    .sees = "A replication slot that exists after the upgrade and did not before.",
    .why =
        "A slot that nobody reads from keeps all WAL from then on, and holds back VACUUM: in the "
        "end the disk of the whole server is full. A rollback or a clone does not remove it.",
    .remedy = "let the consumer make its slot when it starts",
    .source =
        "https://www.postgresql.org/docs/current/warm-standby.html#STREAMING-REPLICATION-SLOTS",
    .check = check,
};
