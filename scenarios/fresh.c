#include "pgrehearse/scenario.h"

SCENARIO(fresh, "Apply the migration to an empty database and find exactly the approved changes")
{
    given_database(r, NO_DATA);
    validate(r, PRE_MIGRATION);
    remember(r, "before");
    upgrade(r, TARGET);
    expect_current(r, TARGET);
    expect_history(r);
    validate(r, POST_MIGRATION);
    expect_delta(r, "before");
}
