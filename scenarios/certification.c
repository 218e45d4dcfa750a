#include "pgrehearse/scenario.h"

SCENARIO(certification, "Rehearse backup, migration and rollback on a copy of production")
{
    given_source(r);
    given_copy(r);
    expect_on_the_way_to(r, BASELINE);
    bring_to(r, BASELINE);
    validate_if_any(r, PRODUCTION_DATA);
    validate(r, PRE_MIGRATION);
    remember(r, "before");
    back_up(r, "backup");

    upgrade(r, TARGET);
    expect_current(r, TARGET);
    expect_history(r);
    validate(r, POST_MIGRATION);
    validate(r, BACKFILL);
    expect_delta(r, "before");
    expect_rows_as(r, "before");
    remember(r, "migrated");
    upgrade_again(r, TARGET);
    expect_untouched(r, "migrated");

    downgrade(r, BASELINE);
    expect_changed(r, "migrated");
    expect_current(r, BASELINE);
    validate(r, POST_ROLLBACK);
    expect_schema_as(r, "before");
    expect_rows_as(r, "before");
    expect_restored(r, "backup", "migrated");
    expect_schema_as(r, "before");

    upgrade(r, TARGET);
    expect_current(r, TARGET);
    validate(r, POST_MIGRATION);
    expect_schema_as(r, "migrated");
    expect_rows_as(r, "before");
    note_rows(r);
}
