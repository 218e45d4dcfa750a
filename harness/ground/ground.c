#include "ground/ground.h"

double ground_patience(const struct ground *g)
{
    double twice = 2 * g->time_limit;
    return twice > 20 ? twice : 20;
}
