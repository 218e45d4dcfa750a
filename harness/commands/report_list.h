/* The reports, for the help of commands that write them. */
#pragma once
#include <stdio.h>

/* Lists what --report takes, a line each. */
void report_list_print(FILE *out);
