#include "pgrehearse/scenario.h"

SCENARIO(time_limit, "Have the upgrade wait for a lock: stopped, nothing left; run it again")
{
    given_database(r, SAMPLE_DATA);
    plant(r, "time-limit");
    remember(r, "planted");
    expect_stopped(r, TARGET, "time-limit");
    expect_rolled_back(r, "planted");
    expect_current(r, BASELINE);
    apply_remedy(r, "time-limit");
    upgrade(r, TARGET);
    expect_current(r, TARGET);
    expect_rows_as(r, "planted");
    expect_delta(r, "planted");
    validate(r, POST_MIGRATION);
}
