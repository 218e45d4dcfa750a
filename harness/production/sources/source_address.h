/* Where a source is: nothing in the environment may lead to another server than its URL names. */
#pragma once
#include "base/error.h"

/* ERROR_USAGE if something does. */
bool source_address_check(struct error *e);
