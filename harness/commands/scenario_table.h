/* Every scenario of the program, in the order in which they are listed. */
#pragma once
#include "rehearsal/scenario_list.h"

extern const struct scenario_list scenario_table;
