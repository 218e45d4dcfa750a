/*
 * The plots of report.html; each makes `p` (released by the caller) from a part of the record and
 * returns whether there is anything to draw. `name`: see plot_init().
 */
#pragma once
#include "record/cost_record.h"
#include "reports/plot.h"

/*
 * Statements are drawn one a line up to this many; of more, the longest, and the rest in one. Of
 * more objects than this those are drawn that people ask for, by what is barred, and for how long.
 */
enum { TIMELINE_STATEMENTS = 28, TIMELINE_OBJECTS = 16 };

/* Statements over time, and under them what was locked meanwhile. */
bool plot_timeline(struct plot *p, const char *name, const struct cost_record *c);

/* How long one probe waited for its answer, over time, and when reading was barred. */
bool plot_stall(struct plot *p, const char *name, const struct cost_record *c,
                const struct stall_record *s);

/* One measure, run by run, with the runs from which on it is at another level. */
bool plot_trend(struct plot *p, const char *name, const struct trend *t);

/* Time over size: what was timed, the fit, and the forecast with its interval and its limit. */
bool plot_forecast(struct plot *p, const char *name, const struct forecast_record *f);

/* The first and the last second that the drawing of a ledger has to show. */
void timeline_range(const struct cost_record *c, double *from, double *to);

/* How many objects its locks are on. */
size_t timeline_objects(const struct cost_record *c);
