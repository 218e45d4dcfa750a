#include "pgrehearse/scenario.h"

SCENARIO(rollback, "Apply the migration, roll it back, and find the database as it was")
{
    given_database(r, VARIED_DATA);
    remember(r, "before");
    upgrade(r, TARGET);
    expect_delta(r, "before");
    remember(r, "migrated");
    downgrade(r, BASELINE);
    expect_changed(r, "migrated");
    expect_current(r, BASELINE);
    validate(r, POST_ROLLBACK);
    expect_schema_as(r, "before");
    expect_rows_as(r, "before");
}
