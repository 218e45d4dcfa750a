/*
 * Profiles: everything that is peculiar to a migrator, one YAML file each. The shipped ones are in
 * fixtures/migrators/; a project's own are in its pgrehearse/migrators/ and come first.
 */
#pragma once
#include <stddef.h>

#include "base/error.h"
#include "suite/suite_migrator.h"

/* What every migrator is kept from or given, and where no project is looked for. */
struct surroundings {
    char **skip; /* globs: names of folders that are not entered */
    unsigned skip_count;
    char **set; /* templates NAME=VALUE: usual variables that name a database */
    unsigned set_count;
    char **unset; /* globs: names of variables that are taken away */
    unsigned unset_count;
    char **values; /* extended regexes: variables with such a value are taken away */
    unsigned value_count;
};

/* Zero-initialised it is empty and valid. */
struct profile_set {
    struct suite_migrator **items; /* by name; the project's own replace shipped ones */
    size_t count;
    struct surroundings *surroundings;
};

/*
 * Reads the profiles in the folder `shipped` (NULL: this installation's) and, if it is there, in
 * `project`/pgrehearse/migrators (NULL: no project). A mistake in one is an ERROR_USAGE that names
 * file, line and key.
 */
bool profile_set_load(struct profile_set *set, const char *shipped, const char *project,
                      struct error *e);

void profile_set_release(struct profile_set *set);

/* The surroundings alone, from the folder of the profiles (NULL: this installation's). */
struct surroundings *surroundings_load(const char *shipped, struct error *e);

void surroundings_free(struct surroundings *s);

/* By name; NULL, with an ERROR_USAGE that lists what there is, where it is not found. */
const struct suite_migrator *profile_set_find(const struct profile_set *set, const char *name,
                                              struct error *e);

/*
 * The migrator that `given` (of a suite, or of pgrehearse.yaml) describes, with the keys that it
 * lacks taken from the profile that it names. To be freed with profile_free(); NULL on failure.
 */
struct suite_migrator *profile_complete(const struct profile_set *set,
                                        const struct suite_migrator *given, struct error *e);

/* How people write its name. */
const char *profile_title(const struct suite_migrator *m);

/* A copy that is the caller's own, to be freed with profile_free(). */
struct suite_migrator *profile_copy(const struct suite_migrator *m);

void profile_free(struct suite_migrator *m);
