/*
 * JUnit XML as Jenkins (its xunit plugin's jenkins-junit.xsd), GitLab and the GitHub actions read
 * it: a <testsuite> a scenario, a <testcase> a check. A finding is a <failure>; what could not be
 * checked, or did not run, is an <error>, never <skipped>. A run that failed as a whole gets a
 * suite "run" with one error. tests/golden/junit.xsd is the shape that we promise.
 */
#pragma once
#include "base/error.h"
#include "record/record.h"

/* Writes the whole file or leaves `path` as it was. */
bool junit_write(const char *path, const struct run_record *r, struct error *e);
