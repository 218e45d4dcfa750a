#include "pgrehearse/scenario.h"

SCENARIO(rules, "Look for what nobody would have wanted: losses, failing writes, things half done")
{
    given_database(r, VARIED_DATA);
    keep_twin(r);
    upgrade_watched(r, TARGET);
    expect_rules(r);
    downgrade_if_any(r, BASELINE);
    expect_rollback_rules(r);
}
