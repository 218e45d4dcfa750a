/* `run --pg`: the same run on several versions of PostgreSQL, one after the other. */
#pragma once
#include "base/cancel.h"
#include "commands/arguments.h"
#include "record/record.h"

/* For the command's table of options. */
// clang-format off
#define VERSION_OPTION \
    {"pg", "VERSION[,VERSION]", "run on each of these versions of PostgreSQL (14,15,16,17,18)"}
// clang-format on

struct server_version {
    int major;
    char *programs; /* folder of initdb and postgres */
};

struct run_versions {
    struct server_version *items;
    size_t count; /* 0: nobody asked, it is the best there is */
};

/* Reads --pg. ERROR_USAGE: a version that is not installed, or options that do not go together. */
bool run_versions_read(struct run_versions *v, const struct arguments *a, struct error *e);
void run_versions_release(struct run_versions *v);

/*
 * One run on a server of the version, whose reports go to `output` (NULL: nowhere) and whose record
 * is moved into the zero-initialised `record`. Returns the exit code.
 */
typedef int run_version_fn(void *context, const struct server_version *version, const char *output,
                           struct run_record *record);

/*
 * Runs on each version, with the reports of each in OUTPUT/pgVERSION, then reports the whole into
 * `output`. Returns the exit code of the whole. `format` is the usual one. With --rerun-failed,
 * versions on which everything had passed are left out of `v`.
 */
int run_versions_each(struct run_versions *v, const struct arguments *a, const char *output,
                      const char *format, const struct cancel *cancel, run_version_fn *run,
                      void *context);
