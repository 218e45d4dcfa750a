#include "record/measure_table.h"

#include <stddef.h>
#include <string.h>

const struct measure_row measure_table[MEASURES] = {
    [MEASURE_UPGRADE] = {"upgrade", "s", false},
    [MEASURE_DOWNGRADE] = {"downgrade", "s", false},
    [MEASURE_SECOND_UPGRADE] = {"second upgrade", "s", false},
    [MEASURE_REFUSED_UPGRADE] = {"refused upgrade", "s", false},
    [MEASURE_STOPPED_AFTER] = {"stopped after", "s", false},
    [MEASURE_BASELINE_UPGRADE] = {"upgrade to the baseline", "s", false},
    [MEASURE_STATEMENT_TIME] = {"first statement to last", "s", true},
    [MEASURE_WATCHED] = {"kept waiting by the ledger", "s", false},
    [MEASURE_STATEMENTS] = {"statements", "statements", true},
    [MEASURE_LOCKS] = {"locks", "locks", false},
    [MEASURE_REWRITES] = {"tables rewritten", "tables", true},
    [MEASURE_EXCLUSIVE_LOCK] = {"AccessExclusiveLock held", "s", true},
    [MEASURE_WAL] = {"WAL", "bytes", true},
    [MEASURE_WAL_RECORDS] = {"WAL records", "records", true},
    [MEASURE_BUFFERS_HIT] = {"buffers hit", "buffers", true},
    [MEASURE_BUFFERS_READ] = {"buffers read", "buffers", true},
    [MEASURE_BUFFERS_DIRTIED] = {"buffers dirtied", "buffers", true},
    [MEASURE_TEMPORARY_FILES] = {"temporary files", "bytes", true},
    [MEASURE_LONGEST_STALL] = {"longest stall", "s", true},
    [MEASURE_LOCK_WAIT] = {"waited for the long transaction", "s", false},
    [MEASURE_WAIT_BEHIND] = {"others waited behind it", "s", false},
    [MEASURE_QUEUE_PROTECTED] = {"queue protected by lock_timeout", "of 1", false},
    [MEASURE_CUTS] = {"points at which it was cut off", "points", false},
    [MEASURE_CUTS_COVERED] = {"points whose cut leaves the same as one of these", "points", false},
    [MEASURE_GENERATED] = {"data generated", "s", false},
    [MEASURE_ROWS] = {"rows", "rows", false},
    [MEASURE_TABLES] = {"tables", "tables", false},
    [MEASURE_SOURCE] = {"source", "bytes", false},
    [MEASURE_BACKUP] = {"backup", "bytes", false},
    [MEASURE_RESTORED_TABLES] = {"tables restored", "tables", false},
    [MEASURE_CHANGED_FACTS] = {"facts of the schema that changed", "lines", false},
    [MEASURE_COMPARED_TABLES] = {"tables compared", "tables", false},
    [MEASURE_COMPARED_ROWS] = {"rows compared", "rows", false},
    [MEASURE_FORECAST] = {"forecast", "s", false},
    [MEASURE_FORECAST_LOW] = {"forecast, low", "s", false},
    [MEASURE_FORECAST_HIGH] = {"forecast, high", "s", false},
};

const struct measure_row *measure_find(const char *name)
{
    for (size_t i = 0; i < MEASURES; i++)
        if (strcmp(measure_table[i].name, name) == 0)
            return &measure_table[i];
    return NULL;
}
