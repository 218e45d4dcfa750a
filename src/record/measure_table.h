/*
 * Every measure that has a fixed name, once: what it is called in records, reports, histories and
 * comparisons, and its unit. docs/history.md lists them; tests/style/tables.t holds the page
 * against this table. Measures named after a table, a probe or a step of the migrator's log are not
 * here.
 */
#pragma once
#include <stdbool.h>

enum measure_id {
    /* the migrator as a whole */
    MEASURE_UPGRADE,
    MEASURE_DOWNGRADE,
    MEASURE_SECOND_UPGRADE,
    MEASURE_REFUSED_UPGRADE,
    MEASURE_STOPPED_AFTER,
    MEASURE_BASELINE_UPGRADE,
    /* the ledger of an upgrade */
    MEASURE_STATEMENT_TIME,
    MEASURE_WATCHED,
    MEASURE_STATEMENTS,
    MEASURE_LOCKS,
    MEASURE_REWRITES,
    MEASURE_EXCLUSIVE_LOCK,
    MEASURE_WAL,
    MEASURE_WAL_RECORDS,
    MEASURE_BUFFERS_HIT,
    MEASURE_BUFFERS_READ,
    MEASURE_BUFFERS_DIRTIED,
    MEASURE_TEMPORARY_FILES,
    /* the application meanwhile */
    MEASURE_LONGEST_STALL,
    MEASURE_LOCK_WAIT,
    MEASURE_WAIT_BEHIND,
    MEASURE_QUEUE_PROTECTED,
    /* interruptions */
    MEASURE_CUTS,
    MEASURE_CUTS_COVERED,
    /* data */
    MEASURE_GENERATED,
    MEASURE_ROWS,
    MEASURE_TABLES,
    MEASURE_SOURCE,
    MEASURE_BACKUP,
    MEASURE_RESTORED_TABLES,
    MEASURE_CHANGED_FACTS,
    MEASURE_COMPARED_TABLES,
    MEASURE_COMPARED_ROWS,
    /* a forecast */
    MEASURE_FORECAST,
    MEASURE_FORECAST_LOW,
    MEASURE_FORECAST_HIGH,
    MEASURES
};

struct measure_row {
    const char *name, *unit;
    bool telling; /* of the ledger: of the migration as a whole, worth a trend */
};

extern const struct measure_row measure_table[MEASURES];

static inline const char *measure_name(enum measure_id id)
{
    return measure_table[id].name;
}

/* By name; NULL: it has no row. */
const struct measure_row *measure_find(const char *name);
