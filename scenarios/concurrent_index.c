#include "pgrehearse/scenario.h"

SCENARIO(concurrent_index, "Make the index beforehand: refused if invalid or different, else kept")
{
    given_database(r, SAMPLE_DATA);
    remember(r, "before");
    plant(r, "invalid-index");
    remember(r, "invalid");
    expect_refusal(r, TARGET, "invalid-index");
    expect_rolled_back(r, "invalid");
    apply_remedy(r, "invalid-index");
    plant(r, "different-index");
    remember(r, "different");
    expect_refusal(r, TARGET, "different-index");
    expect_rolled_back(r, "different");
    apply_remedy(r, "different-index");
    plant(r, "concurrent-index");
    upgrade_over(r, TARGET, "concurrent-index");
    expect_current(r, TARGET);
    expect_left_in_place(r, "concurrent-index");
    expect_rows_as(r, "before");
    expect_delta(r, "before");
    validate(r, POST_MIGRATION);
}
