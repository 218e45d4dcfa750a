/*
 * Connection poolers, known by what they do and not by their names: a session of the server lives
 * on after the connection that used it was closed. Session-level locks and settings then reach
 * strangers, and a database that nobody uses stays in use.
 */
#pragma once
#include "base/cancel.h"
#include "base/error.h"

enum pooler_tolerance {
    POOLER_REFUSED,           /* neither kind: databases are made, locks are held */
    POOLER_OF_SESSIONS_BORNE, /* a session of one's own is enough */
};

/*
 * False, with ERROR_UNAVAILABLE, if a pooler that is not tolerated answers at `url`, or if nobody
 * does; to be called before any session is changed. Where there is no pooler it costs two
 * connections.
 */
bool pooler_refuse(const char *url, enum pooler_tolerance tolerance, const struct cancel *cancel,
                   struct error *e);
