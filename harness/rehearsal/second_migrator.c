#include "rehearsal/second_migrator.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "migrator/migrator.h"

static const long between_questions = 10 * 1000 * 1000; /* ns */
static const size_t longest_control = 24; /* "START TRANSACTION;", without work beside it */

static void *run(void *context)
{
    struct second_migrator *s = context;
    struct migrator migrator = s->run->ground.migrator;
    migrator.group = NULL; /* of the first */
    s->ran = migrator_run(&migrator, MIGRATOR_UPGRADE, s->revision, s->url, s->time_limit,
                          &s->result, &s->error);
    s->ended = true;
    return NULL;
}

static bool somebody_waits(const struct second_migrator *s)
{
    static const char query[] = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND "
                                "wait_event_type = 'Lock'";
    struct error ignored = {0}; /* what is wrong with the server shows in what comes next */
    char *count = connection_value(s->server, query, 1, &s->database, &ignored);
    bool waits = count && strcmp(count, "0") != 0;
    free(count);
    return waits || ignored.kind != ERROR_NONE;
}

void second_migrator_start(void *second)
{
    struct second_migrator *s = second;
    double until = clock_seconds() + s->longest_wait;
    s->started = pthread_create(&s->thread, NULL, run, s) == 0;
    while (s->started && !s->ended && !somebody_waits(s) && clock_seconds() < until)
        nanosleep(&(struct timespec){.tv_nsec = between_questions}, NULL);
}

bool second_migrator_join(struct second_migrator *s, struct error *e)
{
    if (!s->started)
        return true;
    pthread_join(s->thread, NULL);
    s->started = false;
    return s->ran || error_take(e, &s->error);
}

void second_migrator_release(struct second_migrator *s)
{
    struct error ignored = {0};
    second_migrator_join(s, &ignored);
    migrator_result_release(&s->result);
}

/* What the server calls statements that write nothing. */
static bool is_quiet(const struct ledger_statement *s)
{
    static const char *const asks[] = {"SELECT",  "SHOW",       "SET",        "RESET",  "DISCARD",
                                       "PREPARE", "DEALLOCATE", "LOCK TABLE", "LISTEN", "EXPLAIN"};
    static const char *const controls[] = {"BEGIN",    "START TRANSACTION", "COMMIT",
                                           "ROLLBACK", "SAVEPOINT",         "RELEASE"};
    bool quiet = !s->tag;
    for (size_t i = 0; s->tag && i < sizeof asks / sizeof *asks; i++)
        quiet = quiet || strncmp(s->tag, asks[i], strlen(asks[i])) == 0;
    /* the last of several commands in one statement gives it its name */
    for (size_t i = 0; s->tag && i < sizeof controls / sizeof *controls; i++)
        quiet = quiet ||
                (strcmp(s->tag, controls[i]) == 0 && s->sql && strlen(s->sql) <= longest_control);
    return quiet;
}

static bool names_own_table(const struct ledger_statement *s, const struct suite_migrator *m)
{
    bool names = false;
    for (unsigned i = 0; s->sql && i < m->table_count; i++) {
        const char *dot = strrchr(m->tables[i], '.');
        names = names || strstr(s->sql, dot ? dot + 1 : m->tables[i]) != NULL;
    }
    return names;
}

size_t second_migrator_moment(const struct ledger *l, const struct suite_migrator *definition)
{
    for (size_t i = 0; i < l->count; i++)
        if (!is_quiet(&l->statements[i]) && !names_own_table(&l->statements[i], definition))
            return l->statements[i].number;
    return l->count ? l->statements[l->count - 1].number : 0;
}
