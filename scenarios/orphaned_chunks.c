#include "pgrehearse/scenario.h"

SCENARIO(orphaned_chunks, "Have rows without a parent: refused; delete them and upgrade")
{
    given_database(r, SAMPLE_DATA);
    remember(r, "before");
    plant(r, "orphaned-chunks");
    remember(r, "planted");
    expect_refusal(r, TARGET, "orphaned-chunks");
    expect_rolled_back(r, "planted");
    expect_rows_as(r, "planted");
    apply_remedy(r, "orphaned-chunks");
    upgrade(r, TARGET);
    expect_current(r, TARGET);
    expect_rows_as(r, "before");
    expect_delta(r, "before");
    validate(r, POST_MIGRATION);
}
