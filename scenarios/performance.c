#include "pgrehearse/scenario.h"

SCENARIO(performance,
         "Apply the migration to as much data as production has, within its time limit")
{
    given_database(r, GENERATED_DATA);
    remember(r, "before");
    upgrade(r, TARGET);
    expect_rows_as(r, "before");
    validate(r, BACKFILL);
    validate(r, POST_MIGRATION);
}
