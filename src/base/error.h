/*
 * The one error type: what was wrong, on one line, and whose matter it is.
 *
 * A function that can fail takes a `struct error *` last, returns false (or NULL) and sets it.
 * The first error wins: setting one that is set already changes nothing. An error always means
 * "we could not check"; that the migration is bad is a finding and lives in the run record.
 */
#pragma once
#include <stdbool.h>

enum error_kind {
    ERROR_NONE = 0,
    ERROR_USAGE,       /* the command line or the suite is wrong: exit 2 */
    ERROR_UNAVAILABLE, /* something that we need is not there or broke: exit 3 */
    ERROR_INTERRUPTED, /* somebody stopped us: exit 3 */
};

struct error {
    enum error_kind kind;
    char sqlstate[6];   /* "" when it did not come from PostgreSQL */
    char message[1024]; /* one line, UTF-8 */
};

/* Sets the error unless one is set; always returns false, so `return error_set(…)` reads well. */
bool error_set(struct error *e, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a SQLSTATE ("" or NULL for none). */
bool error_set_sqlstate(struct error *e, enum error_kind kind, const char *sqlstate,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Puts "PREFIX: " before the message of an error that is set; returns false. */
bool error_prefix(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Takes over `from` as it is, with its kind and SQLSTATE, unless an error is set already; the first
 * one wins. Where `from` is not set, nothing happens. Returns false.
 */
bool error_take(struct error *e, const struct error *from);

/*
 * Puts another message in the place of that of an error that is set, which may be an argument; its
 * kind and SQLSTATE stay. Returns false.
 */
bool error_reword(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

void error_clear(struct error *e);

/*
 * Whether a failed query tells of the server or the connection and not of what was asked:
 * no SQLSTATE at all, or class 08 connection, 28 authorization, 53 resources, 57 operator
 * intervention, 58 system, XX internal (PostgreSQL manual, appendix A).
 */
bool error_is_of_server(const struct error *e);
