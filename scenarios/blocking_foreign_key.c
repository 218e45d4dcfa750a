#include "pgrehearse/scenario.h"

SCENARIO(blocking_foreign_key, "Have a foreign key in the way: refused; drop it and upgrade")
{
    given_database(r, SAMPLE_DATA);
    remember(r, "before");
    plant(r, "blocking-foreign-key");
    remember(r, "planted");
    expect_refusal(r, TARGET, "blocking-foreign-key");
    expect_rolled_back(r, "planted");
    expect_rows_as(r, "planted");
    apply_remedy(r, "blocking-foreign-key");
    upgrade(r, TARGET);
    expect_current(r, TARGET);
    expect_rows_as(r, "before");
    expect_delta(r, "before");
    validate(r, POST_MIGRATION);
}
