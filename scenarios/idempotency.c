#include "pgrehearse/scenario.h"

SCENARIO(idempotency, "Apply the migration twice and find that the second time changes nothing")
{
    given_database(r, SAMPLE_DATA);
    upgrade(r, TARGET);
    remember(r, "once");
    upgrade_again(r, TARGET);
    expect_current(r, TARGET);
    expect_untouched(r, "once");
    expect_rows_as(r, "once");
    validate(r, POST_MIGRATION);
}
