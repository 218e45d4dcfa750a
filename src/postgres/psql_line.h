/* What psql prints of the server's errors with VERBOSITY=verbose, in whatever language. */
#pragma once

/*
 * Where "SQLSTATE: message" begins in "psql:FILE:12: FEHLER:  42601: …"; NULL: the line tells of no
 * error. Warnings (class 01), missing data (02) and notices (00) are none (manual, appendix A).
 */
const char *psql_line_error(const char *line);
