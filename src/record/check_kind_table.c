#include "record/check_kind_table.h"

const struct check_kind check_kind_table[] = {
    /* the ground of a scenario */
    {"database", true},
    {"fixture", true},
    {"unfilled", true},
    {"scale", true},
    {"remember", true},
    {"twin", true},
    /* the migrator */
    {"upgrade", true},
    {"downgrade", true},
    {"current", true},
    {"history", true},
    {"second-run", true},
    {"log", true},
    {"time-limit", true},
    {"time-limit-at-scale", true},
    {"relayed", true},
    {"interrupted", true},
    {"two-at-once", true},
    /* what it changed */
    {"delta", true},
    {"change", true},
    {"revisions", true},
    {"rows-kept", true},
    {"schema-restored", true},
    {"undone", true},
    {"way-back", true},
    {"untouched", true},
    {"rolled-back", true},
    {"validation", true},
    {"check-enforced", true},
    {"enforced", true},
    {"accepts", true},
    {"rejects", true},
    /* faults */
    {"planted", true},
    {"remedy", true},
    {"stamp", true},
    {"refusal", true},
    {"message", true},
    {"stopped", true},
    {"sessions-ended", true},
    {"accepted", true},
    {"left-in-place", true},
    /* costs */
    {"budget", true},
    {"probes", true},
    /* plugins */
    {"plugin", true},
    {"statements", true},
    /* deployment */
    {"application", true},
    {"deployment", true},
    {"deployment-failure", true},
    {"deployment-rollback", true},
    /* production */
    {"source", true},
    {"environment", true},
    {"source-holds", true},
    {"source-revision", true},
    {"production-copy", true},
    {"baseline", true},
    {"backup", true},
    {"restore", true},
    /* other commands: compare, forecast, the history of runs */
    {"locks", false},
    {"rewrites", false},
    {"counters", false},
    {"time", false},
    {"forecast", false},
    {"drift", false},
};

const size_t check_kind_table_size = sizeof check_kind_table / sizeof *check_kind_table;
