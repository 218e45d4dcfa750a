/* Under which circumstances a run took place: versions, settings, machine. */
#pragma once
#include "run.h"

/* Adds them to the run's record; what cannot be had is left out. */
void circumstances_record(const struct run *run);
