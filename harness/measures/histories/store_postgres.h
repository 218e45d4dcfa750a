/*
 * The history in a PostgreSQL database that several runners share: in a schema `pgrehearse`, which
 * we make and mark with a comment.
 */
#pragma once
#include "measures/histories/store.h"

extern const struct store_kind store_postgres;
