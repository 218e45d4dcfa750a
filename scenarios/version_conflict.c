#include "pgrehearse/scenario.h"

SCENARIO(version_conflict, "Have the wrong revision stamped: refused; stamp the right one, upgrade")
{
    given_database(r, SAMPLE_DATA);
    remember(r, "before");
    plant(r, "version-conflict");
    remember(r, "planted");
    expect_refusal(r, TARGET, "version-conflict");
    expect_rolled_back(r, "planted");
    expect_rows_as(r, "planted");
    stamp(r, BASELINE);
    expect_current(r, BASELINE);
    upgrade(r, TARGET);
    expect_current(r, TARGET);
    expect_rows_as(r, "before");
    expect_delta(r, "before");
    validate(r, POST_MIGRATION);
}
