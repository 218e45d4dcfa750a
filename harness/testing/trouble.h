/* Errors of the public functions. */
#pragma once
#include "pgrehearse/throwaway.h"

#include "base/error.h"

/* Copies the error, if it is set and the caller wants it; returns whether it is not set. */
bool trouble_report(const struct error *e, struct pgr_error *public);
