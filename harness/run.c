#include "run.h"

double run_patience(const struct run *run)
{
    double twice = 2 * run->time_limit;
    return twice > 20 ? twice : 20;
}
