#include "pgrehearse/scenario.h"

SCENARIO(validation, "Insert valid and invalid values and find the database accept and refuse them")
{
    given_database(r, NO_DATA);
    upgrade(r, TARGET);
    expect_accepted_values(r);
    validate(r, ACCEPTED);
    expect_rejected_values(r);
    validate(r, POST_MIGRATION);
}
