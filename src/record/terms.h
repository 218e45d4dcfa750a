/*
 * On which terms a run measured: what has to be the same in two runs before their measurements can
 * be compared. Suite, revisions, migrator, scenarios and how many at a time, sizes, seed, major
 * version and settings of the server, extensions, architecture and number and kind of processors.
 */
#pragma once
#include "base/cancel.h"
#include "base/digest.h"
#include "record/record.h"

/* A digest of them. */
void terms_of(const struct run_record *r, char digest[DIGEST_LENGTH + 1]);

/* The value of a circumstance; NULL where it is not known. */
const char *circumstance_value(const struct run_record *r, const char *name);

/*
 * Adds to the circumstances which migrations these were: "migrations.digest" of all their files,
 * and "migrations.commit" where the folder is in a working tree of git and git is there; "+" after
 * it: with changes that are not committed. What cannot be determined is left out.
 */
void migrations_record(struct run_record *r, const struct cancel *cancel);
