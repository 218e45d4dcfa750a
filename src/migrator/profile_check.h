/* Whether a profile makes sense, beyond what its schema says. */
#pragma once
#include "base/error.h"
#include "suite/suite_migrator.h"

/* Regexes can be compiled, and what belongs together is there; `path` is for the message. */
bool profile_check(const struct suite_migrator *m, const char *path, struct error *e);
