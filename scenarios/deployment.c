#include "pgrehearse/scenario.h"

SCENARIO(deployment, "Deploy by the runbook, with every step failing in turn, and roll it back")
{
    given_database(r, VARIED_DATA);
    given_application(r);
    remember(r, "before");
    expect_deploy_survives_failures(r);
    deploy(r);
    expect_current(r, TARGET);
    expect_delta(r, "before");
    expect_rows_as(r, "before");
    expect_application(r);
    undo_deploy(r);
    expect_current(r, BASELINE);
    expect_schema_as(r, "before");
    expect_rows_as(r, "before");
}
