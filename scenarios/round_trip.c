#include "pgrehearse/scenario.h"

SCENARIO(round_trip, "Go up, down and up again, and find the same target both times")
{
    given_database(r, VARIED_DATA);
    remember(r, "baseline");
    upgrade(r, TARGET);
    remember(r, "target");
    downgrade(r, BASELINE);
    expect_changed(r, "target");
    expect_schema_as(r, "baseline");
    expect_rows_as(r, "baseline");
    upgrade(r, TARGET);
    expect_current(r, TARGET);
    expect_schema_as(r, "target");
    expect_rows_as(r, "target");
    validate(r, POST_MIGRATION);
}
