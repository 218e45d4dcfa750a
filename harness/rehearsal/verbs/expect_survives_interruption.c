/* expect_survives_interruption: the migrator is cut off at every statement, in every manner. */
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "ground/sessions.h"
#include "rehearsal/preserved.h"
#include "rehearsal/second_migrator.h"
#include "rehearsal/trial.h"

enum { MOST_WORKERS = 16 };

static const double free_limit = 5.0; /* seconds until our own session has left the template */
static const size_t most_listed = 50; /* points in the detail of a finding */

static const char *const manners[CUT_MANNERS] = {
    [CUT_CLOSE] = "a closed connection",
    [CUT_KILL] = "SIGKILL",
    [CUT_TERMINATE] = "a terminated backend",
};

/* All cuts, in the order of trying, and what came of each. */
struct interruption_plan {
    struct rehearsal *rehearsal;
    const struct trial_ground *ground;
    struct cut_plan cuts;
    struct trial_verdict *verdicts;
    size_t *order;        /* of reporting: as the migration goes */
    pthread_mutex_t lock; /* over what follows */
    size_t next, done;
    struct error error; /* the first */
};

static void release_plan(struct interruption_plan *p)
{
    for (size_t i = 0; i < p->cuts.count; i++)
        trial_verdict_release(&p->verdicts[i]);
    free(p->verdicts);
    free(p->order);
    cut_plan_release(&p->cuts);
    pthread_mutex_destroy(&p->lock);
}

/* The next point to be tried, SIZE_MAX when there is none or something has gone wrong. */
static size_t take_point(struct interruption_plan *p)
{
    pthread_mutex_lock(&p->lock);
    bool ends = p->next >= p->cuts.count || p->error.kind != ERROR_NONE;
    size_t mine = ends ? SIZE_MAX : p->next++;
    pthread_mutex_unlock(&p->lock);
    return mine;
}

static void report_point(struct interruption_plan *p, const struct error *e)
{
    pthread_mutex_lock(&p->lock);
    error_take(&p->error, e);
    double done = (double)++p->done;
    pthread_mutex_unlock(&p->lock);
    event_progress(p->rehearsal->run->events, p->rehearsal->record, "interruptions", done,
                   (double)p->cuts.count);
}

struct worker {
    struct interruption_plan *plan;
    size_t number;
    pthread_t thread;
    bool started;
};

static void *work(void *context)
{
    struct worker *w = context;
    struct interruption_plan *p = w->plan;
    struct trial trial;
    struct error e = {0};
    if (!trial_open(&trial, p->ground, w->number, &e))
        report_point(p, &e);
    for (size_t i; (i = take_point(p)) != SIZE_MAX;) {
        trial_cut(&trial, &p->cuts.cuts[i], &p->verdicts[i], &e);
        report_point(p, &e);
    }
    trial_close(&trial);
    return NULL;
}

/* Trials do not depend on each other, so there are as many at a time as there are processors. */
static size_t count_workers(const struct interruption_plan *p)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t left = p->cuts.count - p->next, most = left < MOST_WORKERS ? left : MOST_WORKERS;
    if (cluster_is_taken_in_turns(p->ground->run->ground.cluster))
        return most ? 1 : 0;
    return processors < 1 ? 1 : (size_t)processors < most ? (size_t)processors : most;
}

static void try_all(struct interruption_plan *p)
{
    struct worker workers[MOST_WORKERS] = {0};
    size_t count = count_workers(p);
    for (size_t i = 0; i < count; i++) {
        workers[i] = (struct worker){.plan = p, .number = i + 1};
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    }
    if (count && !workers[0].started)
        work(&workers[0]);
    for (size_t i = 0; i < count; i++)
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
}

static void try_round(struct interruption_plan *p)
{
    p->verdicts = memory_resized(p->verdicts, p->cuts.count + 1, sizeof *p->verdicts);
    for (size_t i = p->next; i < p->cuts.count; i++)
        p->verdicts[i] = (struct trial_verdict){0};
    try_all(p);
}

static void plan_second_round(struct interruption_plan *p)
{
    char **marks = memory_zeroed(p->cuts.boundary_count + 1, sizeof *marks);
    for (size_t i = 0; i < p->cuts.first; i++)
        marks[p->cuts.cuts[i].boundary] = p->verdicts[i].mark;
    cut_plan_complete(&p->cuts, marks);
    free(marks);
}

/* What is reported goes by the migration's course, not by the rounds. */
static void put_in_order(struct interruption_plan *p)
{
    const struct cut_plan *c = &p->cuts;
    size_t first = 0, second = c->first;
    p->order = memory_zeroed(c->count + 1, sizeof *p->order);
    for (size_t i = 0; i < c->count; i++) {
        bool is_first = first < c->first &&
                        (second == c->count || c->cuts[first].boundary <= c->cuts[second].boundary);
        p->order[i] = is_first ? first++ : second++;
    }
}

static void tell_damage(struct rehearsal *r, struct check *c, const struct interruption_plan *p,
                        enum cut_manner manner, size_t damaged, size_t tried)
{
    const struct trial_ground *g = p->ground;
    const struct trial_verdict *first = NULL;
    const struct cut_point *place = NULL;
    struct text all = {0};
    size_t listed = 0;
    for (size_t i = 0; i < p->cuts.count; i++) {
        const struct cut_point *at = &p->cuts.cuts[p->order[i]].point;
        const struct trial_verdict *v = &p->verdicts[p->order[i]];
        if (at->manner != manner || v->outcome != TRIAL_DAMAGED)
            continue;
        if (!first) {
            first = v;
            place = at;
        }
        char *point = cut_point_text(at, &g->ledger);
        if (listed++ < most_listed)
            text_append_format(&all, "%s: %s\n", point, v->message);
        free(point);
    }
    if (first->detail)
        text_append(&all, first->detail);
    char *point = cut_point_text(place, &g->ledger);
    char *found = memory_format("%zu of %zu points are bad", damaged, tried);
    struct evidence evidence = {
        .file = first->file,
        .line = first->line,
        .remedy = first->remedy ? first->remedy
                                : "do everything, including the version row, in one transaction",
        .expected = g->atomic
                        ? "exactly as before or exactly as after, and a second run that succeeds"
                        : "a second run that leads to the same result",
        .found = found,
        .detail = text_string(&all),
        .sql = g->ledger.statements[place->statement - 1].sql};
    char *message = memory_format("%s: %s (%s)", point, first->message, found);
    /* of a project it may be the tool's way of working, which a migration cannot repair */
    if (r->run->ground.is_project)
        check_remark(r, c, LEVEL_WARNING, &evidence, message);
    else
        check_finding(r, c, &evidence, "%s", message);
    free(message);
    free(found);
    free(point);
    text_release(&all);
}

/* Half a migration is not a fault where it can go on; whoever deploys has to know of it. */
static void note_halves(struct rehearsal *r, struct check *c, const size_t *counts, size_t tried)
{
    size_t halves = counts[TRIAL_RESUMED] + counts[TRIAL_MENDED];
    struct evidence evidence = {
        .remedy =
            counts[TRIAL_MENDED]
                ? "after an interruption correct the version (stamp), then run the migration again"
                : "after an interruption run the migration again"};
    char *message = memory_format("cut off at %zu of %zu points it leaves part of its work behind, "
                                  "and can continue from there",
                                  halves, tried);
    check_remark(r, c, LEVEL_NOTE, &evidence, message);
    free(message);
}

static void judge_manner(struct rehearsal *r, struct check *c, const struct interruption_plan *p,
                         enum cut_manner manner)
{
    size_t counts[TRIAL_MISSED + 1] = {0};
    for (size_t i = 0; i < p->cuts.count; i++)
        if (p->cuts.cuts[i].point.manner == manner)
            counts[p->verdicts[i].outcome]++;
    size_t tried =
        counts[TRIAL_WHOLE] + counts[TRIAL_RESUMED] + counts[TRIAL_MENDED] + counts[TRIAL_DAMAGED];
    struct error e = p->error;
    if (tried + counts[TRIAL_MISSED] == 0)
        error_set(&e, ERROR_UNAVAILABLE,
                  "the migrator sends too few statements to be cut off this way");
    if (counts[TRIAL_DAMAGED])
        tell_damage(r, c, p, manner, counts[TRIAL_DAMAGED], tried);
    else if (counts[TRIAL_MISSED])
        error_set(&e, ERROR_UNAVAILABLE,
                  "the migrator did not reach %zu of the points that it reached the first time",
                  counts[TRIAL_MISSED]);
    if (!counts[TRIAL_DAMAGED] && e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else if (!counts[TRIAL_DAMAGED] && counts[TRIAL_RESUMED] + counts[TRIAL_MENDED])
        note_halves(r, c, counts, tried);
    else if (!counts[TRIAL_DAMAGED])
        check_pass(r, c);
}

static void measure(struct rehearsal *r, const struct interruption_plan *p)
{
    size_t tried = 0;
    for (size_t i = 0; i < p->cuts.count; i++)
        tried += p->verdicts[i].outcome != TRIAL_NOT_RUN && p->verdicts[i].outcome != TRIAL_MISSED;
    step_measure_as(r, MEASURE_STATEMENTS, (double)p->ground->ledger.count, 0);
    step_measure_as(r, MEASURE_CUTS, (double)tried, 0);
    if (!p->cuts.slow)
        step_measure_as(r, MEASURE_CUTS_COVERED, (double)(cut_plan_ways(&p->cuts) - p->cuts.count),
                        0);
}

static bool ended_well(struct rehearsal *r, struct check *c, const struct culprit *culprit,
                       const struct migrator_result *result, struct error *e)
{
    const struct process_result *p = &result->process;
    struct error logged = {0};
    if (process_succeeded(p))
        return true;
    if (p->ending != PROCESS_TIMED_OUT && !culprit_is_migrator(culprit, result, &logged, e))
        return false;
    char *ending = process_ending_text(p);
    struct evidence evidence = {.expected = "exit status 0",
                                .found = ending,
                                .cause = logged.message[0] ? logged.message : NULL};
    check_finding(r, c, &evidence, "not interrupted, the migrator %s: %s", ending,
                  migrator_last_line(result));
    rehearsal_latch(r, "not run: the migrator fails without being interrupted");
    free(ending);
    return false;
}

/*
 * A transaction that was rolled back leaves gaps in sequences, so after a cut rows get other keys.
 * The second run from the start begins with such gaps: what they change is nobody's fault.
 */
static bool leave_gaps(struct trial *t, struct error *e)
{
    return connection_run(&t->inside,
                          "DO $$ DECLARE s regclass; BEGIN "
                          "FOR s IN SELECT oid FROM pg_class WHERE relkind = 'S' LOOP BEGIN "
                          "PERFORM nextval(s), nextval(s), nextval(s); "
                          "EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$",
                          e);
}

static bool know_before(struct trial_ground *g, struct trial *t, struct error *e)
{
    struct cluster *cluster = g->run->ground.cluster;
    if (!cluster_enter(cluster, g->who, t->clone.database, e))
        return false;
    bool good = database_state_take(&t->inside, NULL, &g->before, e);
    cluster_pass(cluster, g->who);
    return good;
}

static bool run_whole(struct trial_ground *g, struct trial *t, struct ledger *ledger,
                      struct culprit *culprit, struct migrator_result *result, struct error *e)
{
    struct cluster *cluster = g->run->ground.cluster;
    struct error ignored = {0};
    bool ran = cluster_enter(cluster, g->who, t->clone.database, e) &&
               trial_run(t, ledger, culprit, result, e);
    bool well = ran && process_succeeded(&result->process);
    return cluster_leave(cluster, g->who, t->clone.database, well && g->action == MIGRATOR_UPGRADE,
                         ran ? e : &ignored) &&
           ran;
}

/* Twice from the start to the end: what it asks, what comes of it, and what of that varies. */
static bool learn_once(struct rehearsal *r, struct check *c, struct trial_ground *g,
                       struct trial *t, bool first, struct error *e)
{
    struct migrator_result result = {0};
    struct culprit culprit;
    char *who = NULL;
    bool good = trial_make_database(t, e) && (first ? know_before(g, t, e) : leave_gaps(t, e)) &&
                run_whole(g, t, first ? &g->ledger : NULL, &culprit, &result, e) &&
                ended_well(r, c, &culprit, &result, e) &&
                sessions_wait_until_gone(&t->inside, t->clone.database, free_limit, &who, e);
    if (who)
        error_set(e, ERROR_UNAVAILABLE, "the migrator has ended, but a session remains: %s", who);
    free(who);
    if (good && first)
        g->seconds = result.process.seconds;
    good = good && (first ? database_state_take(&t->inside, &g->before, &g->after, e)
                          : database_state_settle(&g->after, &t->inside, e));
    const struct suite_migrator *m = r->run->ground.migrator.definition;
    if (good) { /* else one may be half read */
        database_state_count_only(&g->before, m->tables, m->table_count);
        database_state_count_only(&g->after, m->tables, m->table_count);
    }
    migrator_result_release(&result);
    return good && trial_drop_database(t, e);
}

/* A project may have an empty revision; a suite's migration that does nothing did not run. */
static bool note_no_change(const struct rehearsal *r, struct check *c, struct error *e)
{
    if (!r->run->ground.is_project)
        return error_set(e, ERROR_UNAVAILABLE,
                         "the migration changes nothing, so there is nothing to interrupt");
    c->level = LEVEL_NOTE;
    c->message = memory_copy_of("the revision changes nothing but the migrator's own table");
    return true;
}

static bool learn(struct rehearsal *r, struct check *c, struct trial_ground *g)
{
    struct error e = {0};
    struct trial t;
    bool good = trial_open(&t, g, 1, &e) && learn_once(r, c, g, &t, true, &e) &&
                learn_once(r, c, g, &t, false, &e);
    trial_close(&t);
    if (good && g->ledger.count == 0)
        good = error_set(&e, ERROR_UNAVAILABLE,
                         "no statement of the migrator came through the relay: it does not "
                         "connect to DATABASE_URL");
    if (good && database_state_equal(&g->before, &g->after))
        good = note_no_change(r, c, &e);
    if (good)
        check_pass(r, c);
    else if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    return good;
}

/* Our own connection goes, since a database that somebody is in cannot be cloned. */
static bool leave(struct rehearsal *r, struct error *e)
{
    struct connection c = {0};
    char *who = NULL;
    connection_close(&r->connection);
    bool good = connection_open(&c, r->run->ground.server->url, r->run->ground.cancel, e) &&
                sessions_wait_until_gone(&c, r->database, free_limit, &who, e);
    if (who)
        error_set(e, ERROR_UNAVAILABLE, "another session is in the database: %s", who);
    free(who);
    connection_close(&c);
    return good;
}

static void interrupt_everywhere(struct rehearsal *r, struct trial_ground *g, struct check **checks)
{
    struct interruption_plan plan = {.rehearsal = r, .ground = g};
    pthread_mutex_init(&plan.lock, NULL);
    cut_plan_begin(&plan.cuts, &g->ledger, r->run->ground.migrator.definition->slow);
    try_round(&plan);
    if (plan.error.kind == ERROR_NONE) {
        plan_second_round(&plan);
        try_round(&plan);
    }
    put_in_order(&plan);
    measure(r, &plan);
    for (size_t manner = 0; manner < CUT_MANNERS; manner++)
        judge_manner(r, checks[manner], &plan, (enum cut_manner)manner);
    release_plan(&plan);
}

/* Many a tool takes no lock, and no migration can repair that: so it is never a finding. */
static void warn_of_two(struct rehearsal *r, struct check *c, const struct trial_verdict *v)
{
    struct evidence evidence = {
        .file = v->file,
        .line = v->line,
        .remedy = "let one process at a time migrate, or let the migrator take a lock first",
        .expected = "the database as after one",
        .detail = v->detail};
    char *message = memory_format("two migrators at once: %s", v->message);
    check_remark(r, c, LEVEL_WARNING, &evidence, message);
    free(message);
}

static void run_two(struct rehearsal *r, const struct trial_ground *g, struct check *c)
{
    struct trial_verdict v = {0};
    struct error e = {0};
    struct trial t;
    size_t moment = second_migrator_moment(&g->ledger, r->run->ground.migrator.definition);
    if (!trial_open(&t, g, 1, &e) || !trial_two(&t, moment, &v, &e))
        check_error(r, c, &e);
    else if (v.message)
        warn_of_two(r, c, &v);
    else if (v.outcome == TRIAL_MISSED)
        check_skip(r, c, "the migrator did not reach the statement before which it was to wait");
    else
        check_pass(r, c);
    trial_close(&t);
    trial_verdict_release(&v);
}

static void leave_out_versions(struct trial_ground *g, const struct suite_migrator *m)
{
    g->before.left_out = g->after.left_out = m->tables;
    g->before.left_out_count = g->after.left_out_count = m->table_count;
}

void expect_survives_interruption(struct rehearsal *r, enum rehearsed_revision revision)
{
    const struct suite *suite = r->run->ground.suite;
    bool up = revision == TARGET;
    const char *what = up ? "upgrade" : "downgrade", *to = rehearsal_revision(r, revision);
    struct check *checks[CUT_MANNERS];
    bool slow = r->run->ground.migrator.definition->slow;
    if (!up && r->run->ground.no_way_back)
        return;
    step_begin(r, "cut the %s to %s off %s", what, to,
               slow ? "at every statement outside of a transaction, and at three places in each"
                    : "at every statement, in each manner wherever that can make a difference");
    struct check *learnt = step_check(
        r, "relayed", NULL, "the %s to %s can be watched statement by statement", what, to);
    for (size_t i = 0; i < CUT_MANNERS; i++)
        checks[i] =
            step_check(r, "interrupted", NULL, "the %s to %s survives %s", what, to, manners[i]);
    struct check *two =
        up ? step_check(r, "two-at-once", NULL, "two upgrades to %s at once end as one", to) : NULL;
    if (!step_runs(r))
        return;
    struct error e = {0};
    struct trial_ground ground = {.run = r->run,
                                  .action = up ? MIGRATOR_UPGRADE : MIGRATOR_DOWNGRADE,
                                  .revision = to,
                                  .template = r->database,
                                  .purpose = r->slug,
                                  .atomic = suite->atomic,
                                  .from = rehearsal_revision(r, up ? BASELINE : TARGET),
                                  .who = r};
    ground.before.outside = ground.after.outside = preserved_outside(r);
    if (!suite->atomic) /* a migrator may note its version in a transaction of its own */
        leave_out_versions(&ground, r->run->ground.migrator.definition);
    if (!leave(r, &e))
        check_error(r, learnt, &e);
    else if (learn(r, learnt, &ground)) {
        interrupt_everywhere(r, &ground, checks);
        if (two)
            run_two(r, &ground, two);
    }
    if (!connection_open(&r->connection, r->url, r->run->ground.cancel, &e))
        rehearsal_latch(r, "not run: %s", e.message);
    trial_ground_release(&ground);
}
