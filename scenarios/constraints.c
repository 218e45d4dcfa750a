#include "pgrehearse/scenario.h"

SCENARIO(constraints, "Violate each constraint that the migration adds, and find it refuse that")
{
    given_database(r, VARIED_DATA);
    remember(r, "before");
    upgrade(r, TARGET);
    expect_constraints_enforced(r, "before");
}
