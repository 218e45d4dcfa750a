/* Under which circumstances a run took place: versions, settings, machine. */
#pragma once
#include "ground/ground.h"
#include "record/record.h"

/* Adds them to the run's record, and leaves out those that cannot be found. */
void circumstances_record(const struct ground *ground, struct run_record *record);
