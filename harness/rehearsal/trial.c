#include "rehearsal/trial.h"

#include <string.h>

#include "base/memory.h"
#include "ground/sessions.h"
#include "migrator/migrator_place.h"
#include "rehearsal/second_migrator.h"

static const double session_limit = 10.0; /* seconds until a cut session must be gone */
static const double least_patience = 20.0, patience_factor = 20.0;
static const size_t tail_length = 30; /* lines of the log that a finding shows */

/* What may stay behind beside the schema and the rows. */
static const char leftovers_query[] =
    "SELECT string_agg(what, '; ') FROM ("
    "SELECT format('a prepared transaction remains: %s', gid) AS what FROM pg_prepared_xacts "
    "WHERE database = current_database() UNION ALL "
    "SELECT DISTINCT format('a lock remains: %s on %s', mode, coalesce(relation::regclass::text, "
    "locktype)) FROM pg_locks WHERE pid IS DISTINCT FROM pg_backend_pid() AND database = (SELECT "
    /* predicate locks outlive their transaction by design (manual, 13.2.3) */
    "oid FROM pg_database WHERE datname = current_database()) AND mode <> 'SIReadLock') AS "
    "left_behind";

static const char invalid_query[] =
    "SELECT string_agg(format('index %s is invalid', indexrelid::regclass), '; ') "
    "FROM pg_index WHERE NOT indisvalid";

bool trial_open(struct trial *t, const struct trial_ground *ground, size_t number, struct error *e)
{
    *t = (struct trial){.ground = ground, .number = number};
    t->folder = memory_format("%s/relay-%zu", ground->run->ground.folder->sockets, number);
    return connection_open(&t->server, ground->run->ground.server->url, ground->run->ground.cancel,
                           e);
}

bool trial_make_database(struct trial *t, struct error *e)
{
    const struct ground *g = &t->ground->run->ground;
    if (t->clone.database)
        return true;
    char *purpose = memory_format("%s_%zu", t->ground->purpose, t->number);
    bool good = ground_clone(g, &t->server, purpose, t->ground->template, &t->clone, e) &&
                connection_open(&t->inside, t->clone.url, g->cancel, e);
    free(purpose);
    return good;
}

bool trial_drop_database(struct trial *t, struct error *e)
{
    connection_close(&t->inside);
    return clone_drop(&t->clone, &t->server, e);
}

/* How long it may take: it has been seen how long it takes when nothing happens to it. */
static double patience(const struct trial_ground *g)
{
    double seconds = g->seconds * patience_factor, most = ground_patience(&g->run->ground);
    if (g->seconds <= 0)
        return most;
    return seconds < least_patience ? least_patience : seconds < most ? seconds : most;
}

static bool run_through(struct trial *t, const struct cut_point *p, struct second_migrator *second,
                        bool *reached, struct ledger *ledger, struct migrator_result *result,
                        struct error *e)
{
    const struct interruption i = {.instead = second ? second_migrator_start : NULL,
                                   .context = second,
                                   .run = t->ground->run,
                                   .action = t->ground->action,
                                   .revision = t->ground->revision,
                                   .url = t->clone.migrator_url,
                                   .folder = t->folder,
                                   .admin = &t->server,
                                   .time_limit = patience(t->ground),
                                   .point = *p};
    return interruption_run(&i, reached, ledger, result, e);
}

bool trial_run(struct trial *t, struct ledger *ledger, struct culprit *culprit,
               struct migrator_result *result, struct error *e)
{
    const struct trial_ground *g = t->ground;
    const struct cut_point nowhere = {0};
    bool reached;
    culprit_watch(culprit, &g->run->ground, &t->server, t->clone.database, t->clone.url);
    if (ledger)
        return run_through(t, &nowhere, NULL, &reached, ledger, result, e);
    return migrator_run(&g->run->ground.migrator, g->action, g->revision, t->clone.migrator_url,
                        patience(g), result, e);
}

static void damaged(struct trial_verdict *v, char *message)
{
    v->outcome = TRIAL_DAMAGED;
    v->message = message;
}

/* Sessions, locks and prepared transactions; true if it could be asked. */
static bool check_leftovers(struct trial *t, struct trial_verdict *v, struct error *e)
{
    char *who = NULL;
    if (!sessions_wait_until_gone(&t->inside, t->clone.database, session_limit, &who, e)) {
        if (who)
            damaged(v, memory_format("after %.0f s its session is still there: %s", session_limit,
                                     who));
        free(who);
        return v->message != NULL;
    }
    char *left = connection_value(&t->inside, leftovers_query, 0, NULL, e);
    if (left && *left)
        damaged(v, memory_copy_of(left));
    free(left);
    return left != NULL;
}

/* Neither as before nor as after: says how it differs from both. */
static bool tell_damage(struct trial *t, const struct text *from_before,
                        const struct text *from_after, struct trial_verdict *v, struct error *e)
{
    char *invalid = connection_value(&t->inside, invalid_query, 0, NULL, e);
    if (!invalid)
        return false;
    damaged(
        v, memory_format(
               "the database is half migrated: %s%s it is neither as before (%s) nor as after (%s)",
               invalid, *invalid ? ";" : "", text_string(from_before), text_string(from_after)));
    free(invalid);
    return true;
}

enum place { PLACE_UNKNOWN, PLACE_BEFORE, PLACE_AFTER, PLACE_BETWEEN };

/* Counts what there is: as before, as much as after, or something else. */
static bool take_mark(struct trial *t, struct trial_verdict *v, enum place *likely, struct error *e)
{
    const struct trial_ground *g = t->ground;
    if (!database_state_tally(&g->before, &t->inside, &v->mark, e))
        return false;
    t->untouched = v->mark && strcmp(v->mark, g->before.tally) == 0;
    if (t->untouched) {
        *likely = PLACE_BEFORE;
        return true;
    }
    char *mark;
    if (!database_state_tally(&g->after, &t->inside, &mark, e))
        return false;
    if (mark && strcmp(mark, g->after.tally) == 0)
        *likely = PLACE_AFTER;
    if (v->mark)
        free(mark);
    else
        v->mark = mark;
    return true;
}

/* Compares in full, first with the state that is the likely one. */
static bool compare_places(struct trial *t, enum place *place, struct trial_verdict *v,
                           struct error *e)
{
    const struct trial_ground *g = t->ground;
    struct text from_before = {0}, from_after = {0};
    const bool after_first = *place == PLACE_AFTER;
    *place = PLACE_UNKNOWN;
    bool good = true;
    for (int i = 0; i < 2 && good && *place == PLACE_UNKNOWN; i++) {
        bool with_after = after_first == (i == 0);
        struct text *from = with_after ? &from_after : &from_before;
        good = database_state_compare(with_after ? &g->after : &g->before, &t->inside, from, e);
        if (good && !from->length)
            *place = with_after ? PLACE_AFTER : PLACE_BEFORE;
    }
    if (good && *place == PLACE_UNKNOWN && !g->atomic)
        *place = PLACE_BETWEEN; /* no fault, if it can go on from here */
    else if (good && *place == PLACE_UNKNOWN)
        good = tell_damage(t, &from_before, &from_after, v, e);
    text_release(&from_before);
    text_release(&from_after);
    return good;
}

static bool find_place(struct trial *t, enum place *place, struct trial_verdict *v, struct error *e)
{
    return take_mark(t, v, place, e) && (t->untouched || compare_places(t, place, v, e));
}

/* The statement of a second run that was refused; NULL if none was. */
static const struct ledger_statement *find_refused(const struct ledger *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->statements[i].sqlstate[0])
            return &l->statements[i];
    return NULL;
}

/* What a statement needs to be run a second time, by the reason for which it was refused. */
static const char *rerunnable_form(const char *sqlstate)
{
    static const struct {
        const char *sqlstate, *form;
    } forms[] = {
        {"42P07", "write IF NOT EXISTS, or drop an existing index first: DROP INDEX "
                  "CONCURRENTLY IF EXISTS"},
        {"42701", "write ADD COLUMN IF NOT EXISTS"},
        {"42710",
         "write IF NOT EXISTS where that exists, else drop the object first: DROP … IF EXISTS"},
        {"42P06", "write CREATE SCHEMA IF NOT EXISTS"},
        {"42723", "write CREATE OR REPLACE"},
        {"42P01", "write IF EXISTS"},
        {"42703", "write IF EXISTS, or test whether the column is still there"},
        {"42704", "write IF EXISTS"},
        {"42883", "write IF EXISTS"},
        {"3F000", "write IF EXISTS"},
        {"23505", "write ON CONFLICT DO NOTHING"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].sqlstate, sqlstate) == 0)
            return forms[i].form;
    return "make it a statement that can run again after it was partly done";
}

static void tell_failed_repeat(const struct trial *t, struct trial_verdict *v,
                               const struct migrator_result *result, const struct ledger *ledger)
{
    struct refused_statement statement = {0};
    const struct ledger_statement *refused = find_refused(ledger);
    if (refused) {
        char *sql = ledger_sql_in_short(refused);
        damaged(v, memory_format("run again, it fails: %s, in %s", refused->message, sql));
        v->remedy = memory_format("make the migration re-runnable; for this statement: %s",
                                  rerunnable_form(refused->sqlstate));
        statement = (struct refused_statement){.sql = refused->sql};
        free(sql);
    } else {
        char *ending = process_ending_text(&result->process);
        const char *said = migrator_last_line(result);
        damaged(v,
                memory_format("run again, the migrator %s%s%s", ending, *said ? ": " : "", said));
        free(ending);
    }
    v->detail = migrator_tail(result, tail_length);
    migrator_place(result, &t->ground->run->ground.migrator, &statement, &v->file, &v->line);
}

/*
 * Whether the second run has led to the end. If it has started from a database in which nothing
 * had been written, it is enough that it wrote as much as the first, with the same rows.
 */
static bool find_end(struct trial *t, struct text *from_after, struct error *e)
{
    bool same = false;
    if (t->untouched && !database_state_tallies(&t->ground->after, &t->inside, &same, e))
        return false;
    if (same)
        return database_state_compare_rows(&t->ground->after, &t->inside, from_after, e);
    return database_state_compare(&t->ground->after, &t->inside, from_after, e);
}

static void forget_damage(struct trial_verdict *v)
{
    char *mark = v->mark;
    free(v->message);
    free(v->remedy);
    free(v->detail);
    free(v->file);
    *v = (struct trial_verdict){.mark = mark};
}

void trial_verdict_release(struct trial_verdict *v)
{
    forget_damage(v);
    free(v->mark);
    v->mark = NULL;
}

/*
 * Runs it once more, undisturbed. Where the migration is done already a refusal with a message is
 * as good as success, as it is for a second run.
 */
static bool repeat(struct trial *t, enum place place, struct trial_verdict *v, struct error *e)
{
    struct migrator_result result = {0};
    struct text from_after = {0};
    struct culprit culprit;
    struct error logged = {0};
    struct ledger ledger = {0};
    /* what is half done says which statement cannot be run again */
    bool good = trial_run(t, place == PLACE_BETWEEN ? &ledger : NULL, &culprit, &result, e);
    const struct process_result *p = &result.process;
    bool well = process_succeeded(p);
    bool refused =
        place == PLACE_AFTER && p->ending == PROCESS_EXITED && *migrator_last_line(&result) != '\0';
    if (good && !well && !refused && p->ending != PROCESS_TIMED_OUT)
        good = culprit_is_migrator(&culprit, &result, &logged, e);
    if (good && !well && !refused) {
        tell_failed_repeat(t, v, &result, &ledger);
    } else if (good) {
        good = find_end(t, &from_after, e);
        if (good && from_after.length)
            damaged(v, memory_format("run again, it leads to a different result: %s",
                                     text_string(&from_after)));
    }
    text_release(&from_after);
    ledger_release(&ledger);
    migrator_result_release(&result);
    return good;
}

/* Lets the migrator note a revision without running anything; `*done`: it did. */
static bool stamp(struct trial *t, const char *revision, bool *done, struct error *e)
{
    const struct trial_ground *g = t->ground;
    struct migrator_result result = {0};
    struct culprit culprit;
    struct error logged = {0};
    culprit_watch(&culprit, &g->run->ground, &t->server, t->clone.database, t->clone.url);
    bool good = migrator_run(&g->run->ground.migrator, MIGRATOR_STAMP, revision,
                             t->clone.migrator_url, patience(g), &result, e);
    const struct process_result *p = &result.process;
    *done = good && process_succeeded(p);
    if (good && !*done && p->ending != PROCESS_TIMED_OUT)
        good = culprit_is_migrator(&culprit, &result, &logged, e);
    migrator_result_release(&result);
    return good;
}

/*
 * A migrator that notes its version outside the migration's transaction can be cut off between the
 * two. Its own repair is to set the version right: to where it came from, and run it again, or to
 * where it led.
 */
static bool mend(struct trial *t, struct trial_verdict *v, struct error *e)
{
    const struct trial_ground *g = t->ground;
    struct trial_verdict second = {0};
    struct text from_after = {0};
    bool done = false;
    if (!g->run->ground.migrator.definition->stamp)
        return true;
    bool good = stamp(t, g->from, &done, e) && (!done || repeat(t, PLACE_BEFORE, &second, e));
    bool mended = good && done && !second.message;
    if (good && !mended)
        good = stamp(t, g->revision, &done, e) &&
               (!done || database_state_compare(&g->after, &t->inside, &from_after, e));
    mended = mended || (good && done && !from_after.length);
    if (mended || !good) /* what could not be repaired for another's fault is not damage */
        forget_damage(v);
    if (mended)
        v->outcome = TRIAL_MENDED;
    forget_damage(&second);
    text_release(&from_after);
    return good;
}

bool trial_cut(struct trial *t, const struct planned_cut *cut, struct trial_verdict *v,
               struct error *e)
{
    struct migrator_result result = {0};
    enum place place = PLACE_UNKNOWN;
    bool reached = false;
    *v = (struct trial_verdict){0};
    t->untouched = false;
    struct cluster *cluster = t->ground->run->ground.cluster;
    bool good = trial_make_database(t, e) &&
                cluster_enter(cluster, t->ground->who, t->clone.database, e) &&
                run_through(t, &cut->point, NULL, &reached, NULL, &result, e) &&
                check_leftovers(t, v, e) && (v->message || find_place(t, &place, v, e));
    bool again = cut->again || !reached || !t->untouched;
    bool tried = good && !v->message && again;
    if (tried)
        good = repeat(t, place, v, e);
    if (tried && good && v->message && !t->ground->atomic)
        good = mend(t, v, e);
    if (good && cluster_is_taken_in_turns(cluster))
        good = cluster_leave(cluster, t->ground->who, t->clone.database, false, e);
    if (good && (v->message || again))
        good = trial_drop_database(t, e);
    if (good && !v->message && v->outcome == TRIAL_NOT_RUN)
        v->outcome = !reached ? TRIAL_MISSED : place == PLACE_BETWEEN ? TRIAL_RESUMED : TRIAL_WHOLE;
    migrator_result_release(&result);
    return good;
}

static bool has_timed_out(const struct trial *t, const struct migrator_result *result,
                          struct trial_verdict *v)
{
    if (result->process.ending != PROCESS_TIMED_OUT)
        return false;
    damaged(v, memory_format("one of them has not ended after %.0f s", patience(t->ground)));
    return true;
}

/* Where one refused to go on, the migrator has to know all the same where the database is. */
static bool knows_revision(struct trial *t, struct trial_verdict *v, struct error *e)
{
    const struct trial_ground *g = t->ground;
    const struct migrator *m = &g->run->ground.migrator;
    struct migrator_result result = {0};
    if (!m->definition->current)
        return true;
    bool good = migrator_run(m, MIGRATOR_CURRENT, g->revision, t->clone.migrator_url, patience(g),
                             &result, e);
    char *found = good && m->definition->current_line
                      ? migrator_current_of(m, text_string(&result.process.output))
                      : NULL;
    if (good && !(found && strcmp(found, g->revision) == 0) &&
        !migrator_names_revision(&result, g->revision))
        damaged(v, memory_format("the migrator reports %s afterwards, not %s",
                                 found ? found : migrator_last_line(&result), g->revision));
    free(found);
    migrator_result_release(&result);
    return good;
}

static bool judge_two(struct trial *t, bool both_well, struct trial_verdict *v, struct error *e)
{
    enum place place = PLACE_UNKNOWN;
    if (!check_leftovers(t, v, e) || v->message)
        return v->message != NULL;
    if (!find_place(t, &place, v, e))
        return false;
    if (!v->message && (place != PLACE_AFTER || !both_well) && !repeat(t, place, v, e))
        return false;
    return v->message || both_well || knows_revision(t, v, e);
}

bool trial_two(struct trial *t, size_t statement, struct trial_verdict *v, struct error *e)
{
    const struct trial_ground *g = t->ground;
    struct cluster *cluster = g->run->ground.cluster;
    struct migrator_result result = {0};
    bool reached = false;
    *v = (struct trial_verdict){0};
    t->untouched = false;
    bool good = trial_make_database(t, e) && cluster_enter(cluster, g->who, t->clone.database, e);
    struct second_migrator second = {.run = g->run,
                                     .revision = g->revision,
                                     .database = t->clone.database,
                                     .url = t->clone.migrator_url,
                                     .server = &t->server,
                                     .time_limit = patience(g),
                                     .longest_wait = 10.0 + 4 * g->seconds};
    const struct cut_point point = {.statement = statement};
    good = good && run_through(t, &point, &second, &reached, NULL, &result, e);
    good = second_migrator_join(&second, e) && good;
    if (good && reached && !has_timed_out(t, &result, v) && !has_timed_out(t, &second.result, v))
        good = judge_two(
            t, process_succeeded(&result.process) && process_succeeded(&second.result.process), v,
            e);
    if (good && cluster_is_taken_in_turns(cluster))
        good = cluster_leave(cluster, g->who, t->clone.database, false, e);
    if (good && !v->message)
        v->outcome = reached ? TRIAL_WHOLE : TRIAL_MISSED;
    second_migrator_release(&second);
    migrator_result_release(&result);
    return trial_drop_database(t, e) && good;
}

void trial_close(struct trial *t)
{
    struct error ignored = {0}; /* the end of the run drops what is left */
    if (t->server.pg)
        trial_drop_database(t, &ignored);
    connection_close(&t->inside);
    connection_close(&t->server);
    free(t->folder);
    *t = (struct trial){0};
}

void trial_ground_release(struct trial_ground *g)
{
    database_state_release(&g->before);
    database_state_release(&g->after);
    ledger_release(&g->ledger);
}
