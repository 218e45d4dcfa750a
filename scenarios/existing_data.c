#include "pgrehearse/scenario.h"

SCENARIO(existing_data, "Apply the migration to a database with rows and find every one of them")
{
    given_database(r, SAMPLE_DATA);
    validate(r, PRE_MIGRATION);
    remember(r, "before");
    upgrade(r, TARGET);
    expect_rows_as(r, "before");
    validate(r, BACKFILL);
    validate(r, POST_MIGRATION);
}
