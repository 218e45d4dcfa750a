/*
 * What the author of a scenario of this house sees. The public interface, for scenarios that are
 * built elsewhere, is plugin.h.
 *
 * A scenario is a runbook of verbs, in order, without a branch, a loop or cleanup. Each verb is a
 * step of the run record, with checks of its own. A verb that cannot do its work (an upgrade that
 * fails, a database that cannot be made) latches: the steps after it are reported as not run, and
 * count as not passed. An expectation that is disappointed is a finding, and the runbook goes on.
 *
 * The same runbook is first walked without being run, which gives the plan of its checks. So no
 * verb returns anything that a scenario could decide upon.
 */
#pragma once

struct rehearsal;
struct pgr_scenario;

struct scenario {
    const char *symbol; /* "existing_data"; shown as existing-data */
    const char *title;  /* one sentence */
    void (*runbook)(struct rehearsal *r);
    const char *subject;              /* the fault that THE_FAULT stands for; NULL: none */
    const struct pgr_scenario *guest; /* a plugin's, whose runbook it is; NULL: ours */
};

/* Defines `const struct scenario scenario_SYMBOL`; the body of its runbook follows. */
#define SCENARIO(name, sentence)                                                                   \
    static void runbook_of_##name(struct rehearsal *r);                                            \
    extern const struct scenario scenario_##name;                                                  \
    const struct scenario scenario_##name = {                                                      \
        .symbol = #name, .title = sentence, .runbook = runbook_of_##name};                         \
    static void runbook_of_##name(struct rehearsal *r)

/* The two revisions of a suite. */
enum rehearsed_revision { BASELINE, TARGET };

/* Fixtures, by their names in suite.yaml. */
#define NO_DATA        ((const char *)0)
#define SAMPLE_DATA    "sample"    /* the few rows of the documentation */
#define VARIED_DATA    "varied"    /* those, and a few of everything that is hard to keep */
#define GENERATED_DATA "generated" /* as many as the command line asks for */

/* Validations, by their names in suite.yaml. */
#define PRE_MIGRATION  "pre-migration"
#define POST_MIGRATION "post-migration"
#define POST_ROLLBACK  "post-rollback"
#define BACKFILL       "backfill" /* what the upgrade has to fill into rows that were there */
#define ACCEPTED       "accepted-values" /* what has to hold of every value that was accepted */
#define PRODUCTION_DATA                                                                            \
    "production-data" /* what may be wrong with real data; a suite may have it */

/* Makes a throwaway database that is at the baseline, and puts the fixture into it. */
void given_database(struct rehearsal *r, const char *fixture);

/*
 * Certification: the source is a live database, which is only read, or a dump. It can be read, and
 * its major version is that of the server where it is rehearsed.
 */
void given_source(struct rehearsal *r);

/* Makes a throwaway database that is its copy, and proves it to be one: same schema, same rows. */
void given_copy(struct rehearsal *r);

/* The migrator says that the copy is there or at a revision that leads there. */
void expect_on_the_way_to(struct rehearsal *r, enum rehearsed_revision revision);

/* Upgrades the copy to the revision, unless it is there. */
void bring_to(struct rehearsal *r, enum rehearsed_revision revision);

/* Takes a backup, reads it back, and notes the rows of every table, to compare with. */
void back_up(struct rehearsal *r, const char *backup);

/*
 * The tables that were there when the backup was taken, and were not when `without` was remembered,
 * are there again and empty: their rows come back from the backup, each as it was.
 */
void expect_restored(struct rehearsal *r, const char *backup, const char *without);

/* Notes, for the certificate, what became of the rows of every table of the source. */
void note_rows(struct rehearsal *r);

/* Notes schema, rows of the preserved tables and row versions under a name, to compare with. */
void remember(struct rehearsal *r, const char *name);

/* Runs the migrator; it must succeed, in time, and log its steps if the suite says so. */
void upgrade(struct rehearsal *r, enum rehearsed_revision revision);
void downgrade(struct rehearsal *r, enum rehearsed_revision revision);

/* Runs the migrator once more: it must do nothing, or refuse with a message of its own. */
void upgrade_again(struct rehearsal *r, enum rehearsed_revision revision);

/* The migrator says that the database is there. */
void expect_current(struct rehearsal *r, enum rehearsed_revision revision);

/* The migrator's history leads from the baseline to the target. */
void expect_history(struct rehearsal *r);

/* Every .sql file of these validations returns no row; without a step if the suite has none. */
void validate(struct rehearsal *r, const char *validations);

/* The same; it says that no suite is expected to have them. */
void validate_if_any(struct rehearsal *r, const char *validations);

/* Between then and now the schema changed by the suite's approved delta and by nothing else. */
void expect_delta(struct rehearsal *r, const char *since);

/* The schema is what it was, object by object. */
void expect_schema_as(struct rehearsal *r, const char *then);

/* Every row of the preserved tables is there, unaltered, and none besides. */
void expect_rows_as(struct rehearsal *r, const char *then);

/* Nothing at all was written: no object, no row, not even a new version of a row. */
void expect_untouched(struct rehearsal *r, const char *since);

/* The same, of an upgrade that failed or was stopped: nothing of it may be left. */
void expect_rolled_back(struct rehearsal *r, const char *since);

/* Schema or rows are other than they were then: the downgrade did undo something. */
void expect_changed(struct rehearsal *r, const char *since);

/*
 * Faults, by their names in suite.yaml. A scenario that plants a fault which the suite does not
 * declare is left out of the run. THE_FAULT is the one that the scenario is run for, where it is
 * run once for each.
 */
#define THE_FAULT ((const char *)0)
void plant(struct rehearsal *r, const char *fault);
void apply_remedy(struct rehearsal *r, const char *fault);

/* The upgrade has to fail by itself, with a message that speaks of the fault. */
void expect_refusal(struct rehearsal *r, enum rehearsed_revision revision, const char *fault);

/* The upgrade has to wait for what the fault holds, until it is stopped or gives up by itself; then
   the lock is let go. */
void expect_stopped(struct rehearsal *r, enum rehearsed_revision revision, const char *fault);

/*
 * What was planted is not a fault but made beforehand: the upgrade has to succeed with it.
 * Migrations that are not the suite's own may refuse it with a message; it is removed, and they run
 * again.
 */
void upgrade_over(struct rehearsal *r, enum rehearsed_revision revision, const char *fault);

/* Plants, meets and repairs, one after the other, the faults that this one comes `after`. */
void meet_earlier_faults(struct rehearsal *r, enum rehearsed_revision revision, const char *fault);

/*
 * By the shape of the fault: the upgrade is refused, or waits and is stopped, and the database is
 * as it was `since` then. What was made beforehand is in nobody's way: then there is no such
 * step.
 */
void expect_hindered(struct rehearsal *r, enum rehearsed_revision revision, const char *fault,
                     const char *since);

/* The upgrade once the fault is repaired; of what was made beforehand, over it, leaving it in
 * place.
 */
void upgrade_past(struct rehearsal *r, enum rehearsed_revision revision, const char *fault);

/* What was planted, and has to be kept, is the very same object: no other oid, no other file. */
void expect_left_in_place(struct rehearsal *r, const char *fault);

/* Tells the migrator to write the revision without running anything. */
void stamp(struct rehearsal *r, enum rehearsed_revision revision);

/*
 * Every CHECK, NOT NULL, UNIQUE and foreign key that the preserved tables got since then refuses
 * a row that violates it, with its own SQLSTATE and name.
 */
void expect_constraints_enforced(struct rehearsal *r, const char *since);

/* The database takes the suite's valid values, and refuses each of the invalid ones. */
void expect_accepted_values(struct rehearsal *r);
void expect_rejected_values(struct rehearsal *r);

/*
 * The migrator that leads from here to the revision is cut off at every statement, by closing its
 * connection, by SIGKILL, by terminating its backend: each time everything is as before or as
 * after, and running it again succeeds. The database itself stays as it is.
 */
void expect_survives_interruption(struct rehearsal *r, enum rehearsed_revision revision);

/*
 * The upgrade runs under the ledger of what it costs: statements, locks, rewritten tables, WAL,
 * buffers; the suite's budgets are kept.
 */
void measure_upgrade(struct rehearsal *r, enum rehearsed_revision revision);

/*
 * The upgrade runs while the suite's probes read and write as the application does, and while a
 * long transaction, which ends some time after the migrator has begun to wait for it, has read the
 * preserved tables. How long the probes are kept waiting is within the suite's budgets.
 */
void measure_stall(struct rehearsal *r, enum rehearsed_revision revision);

/*
 * Rules: checks that need no declaration. A twin is the database as it is now, kept to compare
 * with. The upgrade is watched, so that the rules know what it did. Each rule is one check;
 * docs/rules.md has a page of each.
 */
void keep_twin(struct rehearsal *r);
void upgrade_watched(struct rehearsal *r, enum rehearsed_revision revision);
void expect_rules(struct rehearsal *r);

/* The way back, where the migrator has one, and the rules of it. */
void downgrade_if_any(struct rehearsal *r, enum rehearsed_revision revision);
void expect_rollback_rules(struct rehearsal *r);

/*
 * The application of the suite's rehearsed_deployment, on the scenario's database. A suite without
 * one has the scenarios that need it left out.
 */
void given_application(struct rehearsal *r);

/* Every probe of it is answered as it should be, those of the migrated schema too. */
void expect_application(struct rehearsal *r);

/* The nine steps of `pgrehearse deploy`, each of which has to end well; and the way back. */
void deploy(struct rehearsal *r);
void undo_deploy(struct rehearsal *r);

/*
 * A deployment in which a step fails, each in turn: the database is exactly as it was afterwards,
 * the rows of dropped tables among it, and the application is up.
 */
void expect_deploy_survives_failures(struct rehearsal *r);
