#include "rehearsal/attempt.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ground/migrator_role.h"
#include "migrator/migrator_place.h"
#include "migrator/migrator_steps.h"
#include "rehearsal/kept_log.h"

static const size_t tail_length = 30; /* lines */

void attempt_watch(struct rehearsal *r, struct culprit *culprit)
{
    culprit_watch(culprit, &r->run->ground, &r->connection, r->database, r->url);
}

bool attempt_end(struct rehearsal *r, const char *database, enum migrator_action action, bool ran,
                 const struct migrator_result *result, struct error *e)
{
    const struct process_result *p = &result->process;
    struct error ignored = {0};
    bool done = ran && action == MIGRATOR_UPGRADE && process_succeeded(p);
    return cluster_leave(r->run->ground.cluster, r, database, done, ran ? e : &ignored) && ran;
}

static bool make(struct rehearsal *r, const struct culprit *culprit, const char *migrator_url,
                 enum migrator_action action, const char *revision, const char *log_name,
                 struct attempt *a, struct error *e)
{
    const struct ground *g = &r->run->ground;
    *a = (struct attempt){0};
    return cluster_enter(g->cluster, r, culprit->database, e) &&
           attempt_end(r, culprit->database, action,
                       migrator_run(&g->migrator, action, revision, migrator_url,
                                    ground_patience(g), &a->result, e),
                       &a->result, e) &&
           attempt_conclude(r, log_name, culprit, a, e);
}

bool attempt_make(struct rehearsal *r, enum migrator_action action, const char *revision,
                  const char *log_name, struct attempt *a, struct error *e)
{
    struct culprit culprit;
    attempt_watch(r, &culprit);
    return make(r, &culprit, r->migrator_url, action, revision, log_name, a, e);
}

bool attempt_make_on(struct rehearsal *r, struct kept_copy *copy, enum migrator_action action,
                     const char *revision, const char *log_name, struct attempt *a, struct error *e)
{
    struct culprit culprit;
    culprit_watch(&culprit, &r->run->ground, &copy->connection, copy->clone.database,
                  copy->clone.url);
    return make(r, &culprit, copy->clone.migrator_url, action, revision, log_name, a, e);
}

bool attempt_conclude(struct rehearsal *r, const char *log_name, const struct culprit *culprit,
                      struct attempt *a, struct error *e)
{
    a->log = kept_log_write(r, log_name, &a->result);
    const struct process_result *p = &a->result.process;
    a->well = process_succeeded(p);
    if (a->well)
        return true;
    server_words_read(&a->words, r->run->ground.server, culprit->database, culprit->log,
                      &a->result);
    if (p->ending != PROCESS_TIMED_OUT)
        return culprit_is_migrator(culprit, &a->result, &a->logged, e) &&
               !cluster_has_stranger(r->run->ground.cluster, attempt_complaint(a), e);
    server_logged_error(r->run->ground.server, culprit->database, culprit->log, &a->logged);
    return true;
}

char *attempt_left_prepared(struct rehearsal *r, char **remedy, struct error *e)
{
    static const char left[] =
        "SELECT string_agg(quote_literal(gid), ', ' ORDER BY gid), string_agg('ROLLBACK PREPARED ' "
        "|| quote_literal(gid), '; ' ORDER BY gid), count(*) FROM pg_prepared_xacts "
        "WHERE database = current_database()";
    PGresult *rows = connection_query(&r->connection, left, 0, NULL, e);
    char *said = NULL;
    *remedy = NULL;
    if (rows && !PQgetisnull(rows, 0, 0)) {
        bool one = strcmp(PQgetvalue(rows, 0, 2), "1") == 0;
        said =
            memory_format("leaves the prepared transaction%s %s behind, which keep%s %s locks and "
                          "hold%s back VACUUM until somebody ends %s",
                          one ? "" : "s", PQgetvalue(rows, 0, 0), one ? "s" : "",
                          one ? "its" : "their", one ? "s" : "", one ? "it" : "them");
        *remedy = memory_format("end it with COMMIT PREPARED in the migration; to undo it: %s",
                                PQgetvalue(rows, 0, 1));
    }
    PQclear(rows);
    return said;
}

char *attempt_tail(const struct attempt *a)
{
    char *tail = migrator_tail(&a->result, tail_length);
    if (!a->words.text)
        return tail;
    char *both = memory_format("%s\n\n%s", a->words.text, tail);
    free(tail);
    return both;
}

const char *attempt_complaint(const struct attempt *a)
{
    return culprit_complaint(&a->result, &a->logged);
}

/* The timeouts that ALTER DATABASE or ALTER ROLE have set there; NULL if there are none. */
static char *timeouts_of(const struct rehearsal *r)
{
    static const char set[] =
        "SELECT string_agg(DISTINCT x, ', ') FROM pg_db_role_setting s, unnest(s.setconfig) x "
        "WHERE "
        "s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) "
        "AND "
        "x ~ '^(statement|lock|transaction|idle_in_transaction_session)_timeout='";
    struct connection c = {0};
    struct error ignored = {0};
    char *found = connection_open(&c, r->url, r->run->ground.cancel, &ignored)
                      ? connection_value(&c, set, 0, NULL, &ignored)
                      : NULL;
    connection_close(&c);
    if (found && *found)
        return found;
    free(found);
    return NULL;
}

char *attempt_remedy(const struct rehearsal *r, const struct attempt *a)
{
    static const char *const cut_off[] = {"57014", "55P03", "25P03", "25P04"};
    bool timed_out = false;
    for (size_t i = 0; i < sizeof cut_off / sizeof *cut_off; i++)
        timed_out = timed_out || strcmp(a->logged.sqlstate, cut_off[i]) == 0;
    char *set = timed_out ? timeouts_of(r) : NULL;
    bool forbidden = strcmp(a->logged.sqlstate, "42501") == 0;
    const char *acting = r->run->ground.server->acting_role;
    char *remedy =
        forbidden && migrator_role_is_owner(&r->run->ground) && acting
            ? memory_format("the migrator acts as %s, which owns most of production's tables, and "
                            "with the rights that the shape has: do without that right, or have "
                            "it granted in production and write the shape again",
                            acting)
        : forbidden && migrator_role_is_owner(&r->run->ground)
            ? memory_copy_of("here the migrator owns the database and is not a superuser: "
                             "do without that right, or say role: superuser in the "
                             "suite if production's migrator is one")
        : set    ? memory_format("the database is set to %s, as production is: work in "
                                    "batches, or SET the limit for the migration's own session",
                                 set)
        : a->log ? memory_format("fix the migration; its log is %s", a->log)
                 : memory_copy_of("read the migrator's log and fix the migration");
    free(set);
    return remedy;
}

/* The step that the log came to, as " (step 6 'drop the index')"; "" if it names none. */
static char *step_reached(const struct rehearsal *r, const struct attempt *a)
{
    struct migrator_steps steps = {0};
    migrator_steps_read(&steps, r->run->ground.migrator.definition->step, &a->result);
    const struct migrator_step *last = steps.count ? &steps.items[steps.count - 1] : NULL;
    char *text =
        last ? memory_format(" (step %u '%s')", last->number, last->title) : memory_copy_of("");
    migrator_steps_release(&steps);
    return text;
}

char *attempt_ending(const struct rehearsal *r, const struct attempt *a)
{
    char *ending = process_ending_text(&a->result.process), *step = step_reached(r, a);
    const char *complaint = attempt_complaint(a);
    char *text = memory_format("%s%s%s%s", ending, *complaint ? ": " : "", complaint, step);
    free(step);
    free(ending);
    return text;
}

void attempt_finding(struct rehearsal *r, struct check *c, const struct attempt *a,
                     const struct evidence *evidence, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    char *ending = process_ending_text(&a->result.process), *tail = attempt_tail(a), *file;
    char *remedy = attempt_remedy(r, a);
    const char *complaint = attempt_complaint(a);
    const struct refused_statement refused = {a->words.statement, a->words.position};
    struct evidence full = *evidence;
    unsigned line;
    if (migrator_place(&a->result, &r->run->ground.migrator, &refused, &file, &line)) {
        full.file = file;
        full.line = line;
    }
    full.remedy = full.remedy ? full.remedy : remedy;
    full.expected = full.expected ? full.expected : "exit status 0";
    full.found = full.found ? full.found : ending;
    full.detail = full.detail ? full.detail : tail;
    full.cause = full.cause ? full.cause : *complaint ? complaint : NULL;
    full.sqlstate = a->logged.sqlstate[0] ? a->logged.sqlstate : NULL;
    check_finding(r, c, &full, "%s", message);
    free(file);
    free(remedy);
    free(tail);
    free(ending);
    free(message);
}

void attempt_release(struct attempt *a)
{
    migrator_result_release(&a->result);
    server_words_release(&a->words);
    free(a->log);
    a->log = NULL;
}
