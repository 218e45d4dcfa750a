/* The way back: stop, downgrade, verify, restore rows, start, probe. */
#include "base/memory.h"
#include "deployment/deploy_record.h"
#include "deployment/deploy_state.h"
#include "postgres/connection.h"

static void stuck(struct deploy *d, struct deploy_result *result, enum deploy_outcome outcome,
                  const char *why)
{
    char *hidden = secrets_hide(&d->secrets, why);
    char *message = result->message
                        ? memory_format("%s; and the rollback: %s", result->message, hidden)
                        : memory_format("the rollback: %s", hidden);
    free(hidden);
    free(result->message);
    result->message = message;
    result->ending = outcome == DEPLOY_FAILED ? DEPLOY_STUCK : DEPLOY_UNFINISHED;
}

/* False when it did not end well: `result` says so. */
static bool step(struct deploy *d, enum deploy_step which, struct deploy_result *result)
{
    struct text told = {0}, why = {0};
    enum deploy_outcome outcome = deploy_step_run(d, which, &told);
    text_append_format(&why, "%s: %s", deploy_step_name(which), text_string(&told));
    if (outcome != DEPLOY_DONE)
        stuck(d, result, outcome, text_string(&why));
    text_release(&told);
    text_release(&why);
    return outcome == DEPLOY_DONE;
}

/* Whether the upgrade has to be undone; false, with `result` set, where that cannot be said. */
static bool needs_downgrade(struct deploy *d, bool *needed, struct deploy_result *result)
{
    enum deploy_world world = WORLD_HALF;
    struct text why = {0};
    struct error e = {0};
    bool good = deploy_look(d, &world, &why, &e);
    *needed = world != WORLD_BASELINE;
    if (!good) {
        stuck(d, result, DEPLOY_UNCHECKED, e.message);
    } else if (world == WORLD_HALF) {
        char *message =
            memory_format("the database reports the baseline revision, but is not as it was: %s",
                          text_string(&why));
        stuck(d, result, DEPLOY_FAILED, message);
        free(message);
        good = false;
    } else if (world == WORLD_BASELINE) {
        deploy_tell(d, "the database is at the baseline, as it was: no downgrade is needed");
    }
    text_release(&why);
    return good;
}

/* It is one transaction: rows in one of the tables, and it has happened. */
static bool were_restored(struct deploy *d, bool *restored, struct error *e)
{
    size_t count;
    *restored = false;
    if (!deploy_connect(d, e) || !deploy_know_before(d, e))
        return false;
    const char **tables = before_state_lost_tables(&d->before, &count);
    for (size_t i = 0; i < count && !*restored && e->kind == ERROR_NONE; i++) {
        struct fingerprint f;
        if (fingerprint_take(&d->connection, tables[i], NULL, 0, &f, e))
            *restored = f.rows > 0;
        fingerprint_release(&f);
    }
    free(tables);
    return e->kind == ERROR_NONE;
}

bool rollback_settle_restore(struct deploy *d, struct error *e)
{
    enum deploy_world world;
    struct text why = {0};
    bool restored = false;
    /* the look waits until nobody is in the middle of it any more */
    bool good =
        deploy_look(d, &world, &why, e) && were_restored(d, &restored, e) &&
        deploy_step_found(d, ROLLBACK_RESTORE, restored ? DEPLOY_DONE : DEPLOY_ABANDONED,
                          restored ? "the interrupted run had restored the rows"
                                   : "the interrupted run restored no row; running it again",
                          e);
    text_release(&why);
    return good;
}

/* How many of the tables that the upgrade dropped had rows and are empty now. */
static bool count_missing(struct deploy *d, size_t *missing, struct error *e)
{
    size_t count;
    *missing = 0;
    if (!deploy_connect(d, e) || !deploy_know_before(d, e))
        return false;
    const char **tables = before_state_lost_tables(&d->before, &count);
    for (size_t i = 0; i < count && e->kind == ERROR_NONE; i++) {
        struct fingerprint f;
        if (fingerprint_take(&d->connection, tables[i], NULL, 0, &f, e))
            *missing += f.state == FINGERPRINT_TAKEN && f.rows == 0;
        fingerprint_release(&f);
    }
    free(tables);
    return e->kind == ERROR_NONE;
}

/*
 * Whether the application would find tables empty that had rows. That is also so where it cannot be
 * found out. Says what to do.
 */
static bool rows_are_missing(struct deploy *d)
{
    size_t missing = 0;
    struct error e = {0};
    const char *again = d->request->again;
    if (journal_is_done(&d->journal, ROLLBACK_RESTORE))
        return false;
    bool known = count_missing(d, &missing, &e);
    if (known && !missing)
        return false;
    char *what = known ? memory_format("%zu table%s recreated empty", missing,
                                       missing == 1 ? " was" : "s were")
                       : memory_format("it is not known whether all rows are back (%s)", e.message);
    deploy_tell(d,
                "WARNING: %s: the services stay down. Restore the rows and start the services "
                "with: %s --rollback",
                what, again ? again : "the same command,");
    free(what);
    return true;
}

/* The rows come back before anybody can write to their tables. */
static bool restore(struct deploy *d, struct deploy_result *result)
{
    if (journal_is_done(&d->journal, ROLLBACK_RESTORE))
        return true;
    if (d->request->restore_rows)
        return step(d, ROLLBACK_RESTORE, result);
    size_t missing = 0;
    struct error e = {0};
    if (count_missing(d, &missing, &e) && !missing)
        return true;
    stuck(d, result, DEPLOY_UNCHECKED,
          e.kind == ERROR_NONE ? "the rows of the dropped tables are not restored, as asked for"
                               : e.message);
    return false;
}

static bool undo(struct deploy *d, struct deploy_result *result)
{
    bool needed = false;
    if (!step(d, ROLLBACK_STOP, result))
        return false;
    bool undone = journal_is_done(&d->journal, ROLLBACK_DOWNGRADE);
    if (!undone && !needs_downgrade(d, &needed, result))
        return false;
    if (needed && !step(d, ROLLBACK_DOWNGRADE, result))
        return false;
    if (!step(d, ROLLBACK_VERIFY, result))
        return false;
    /* nothing was done and nothing undone, by us or by hand: what was wrong may be so still */
    if (!needed && !undone && !journal_is_done(&d->journal, DEPLOY_UPGRADE))
        return true;
    return step(d, ROLLBACK_VALIDATION, result) && restore(d, result);
}

static void start_again(struct deploy *d, struct deploy_result *result)
{
    result->services_up = step(d, ROLLBACK_START, result);
    if (result->services_up && step(d, ROLLBACK_PROBES, result))
        result->ending = DEPLOY_ROLLED_BACK;
}

/* Rolled back already, and now the rows too. */
static bool only_rows(const struct deploy *d)
{
    return d->request->restore_rows && d->journal.finished &&
           strcmp(d->journal.finished, "rolled-back") == 0;
}

void deploy_roll_back(struct deploy *d, const char *reason, struct deploy_result *result)
{
    struct error e = {0};
    bool rows = only_rows(d), good = true;
    deploy_tell(d, "rolling back: %s", reason);
    deploy_record_turn_back(d, reason);
    if (!d->journal.rolling_back || d->journal.finished)
        good = journal_begin_rollback(&d->journal, reason, &e);
    if (!good) {
        stuck(d, result, DEPLOY_UNCHECKED, e.message);
        return;
    }
    if (rows)
        good = step(d, ROLLBACK_STOP, result) && restore(d, result);
    else if (deploy_was_touched(d))
        good = undo(d, result);
    bool whole = good || journal_is_done(&d->journal, ROLLBACK_VERIFY);
    if (good)
        start_again(d, result);
    else if (whole && !cancel_is_raised(d->request->stop) && !rows_are_missing(d))
        result->services_up = step(d, ROLLBACK_START, result);
    /* nothing was undone; that the database is at the baseline is to be proven all the same */
    if (good && d->request->rollback && !deploy_was_touched(d) &&
        result->ending == DEPLOY_ROLLED_BACK)
        good = step(d, ROLLBACK_VERIFY, result);
    if (good && result->ending == DEPLOY_ROLLED_BACK &&
        !journal_finish(&d->journal, "rolled-back", &e))
        stuck(d, result, DEPLOY_UNCHECKED, e.message);
}
