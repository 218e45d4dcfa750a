#include "pgrehearse/scenario.h"

/* Run once for every fault that the suite declares, under the fault's name and title. */
SCENARIO(fault, "Meet a fault of the suite, repair it and upgrade")
{
    given_database(r, SAMPLE_DATA);
    remember(r, "before");
    meet_earlier_faults(r, TARGET, THE_FAULT);
    plant(r, THE_FAULT);
    remember(r, "planted");
    expect_hindered(r, TARGET, THE_FAULT, "planted");
    apply_remedy(r, THE_FAULT);
    upgrade_past(r, TARGET, THE_FAULT);
    expect_current(r, TARGET);
    expect_rows_as(r, "before");
    expect_delta(r, "before");
    validate(r, POST_MIGRATION);
}
