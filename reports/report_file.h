/* The files of reports that are rendered once the run has ended. */
#pragma once
#include "reports/reporter.h"

/* Makes the folder, with its parents, if it is not there. */
bool report_folder_make(const char *folder, struct error *e);

/*
 * Writes what `reporter` renders to `path`, which is left as it was where that fails; "-": to
 * `out`. A reporter that renders scenarios makes a file of each in the folder `path`; in its name
 * what is not a letter, digit, ".", "_" or "-" becomes "_".
 */
bool report_file_write(const struct reporter *reporter, const char *path, FILE *out,
                       const struct run_record *r, struct error *e);

/* Makes the folder and writes every report that has a file there; the first error is reported. */
bool reports_write(const char *folder, const struct run_record *r, struct error *e);
