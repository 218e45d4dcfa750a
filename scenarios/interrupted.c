#include "pgrehearse/scenario.h"

SCENARIO(interrupted, "Cut the migrator off at every statement and find the database whole")
{
    given_database(r, VARIED_DATA);
    expect_survives_interruption(r, TARGET);
    upgrade(r, TARGET);
    expect_survives_interruption(r, BASELINE);
}
