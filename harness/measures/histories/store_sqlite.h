/* The history in a file of SQLite. Any path that does not look like a URL is one. */
#pragma once
#include "measures/histories/store.h"

extern const struct store_kind store_sqlite;
