#include "rules/statement_trials.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/look.h"

/* Search paths that are set for production's sessions, each once; the database's own first. */
struct paths {
    const char **items;
    size_t count;
};

static void add_path(struct paths *p, const char *path)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i] && path && strcmp(p->items[i], path) == 0)
            return;
    *(const char **)memory_append(&p->items, &p->count, sizeof *p->items) = path;
}

static void add_paths(struct paths *p, const struct shape_setting *settings, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (settings[i].value && strcmp(settings[i].name, "search_path") == 0)
            add_path(p, settings[i].value);
}

static void find_paths(struct paths *p, const struct shape *s)
{
    add_path(p, NULL);
    add_paths(p, s->database_settings, s->database_setting_count);
    for (uint32_t i = 0; i < s->role_count; i++) {
        add_paths(p, s->roles[i].settings, s->roles[i].setting_count);
        add_paths(p, s->roles[i].settings_here, s->roles[i].settings_here_count);
    }
}

static bool set_path(struct connection *c, const char *path, struct error *e)
{
    return path ? connection_run_with(c, "SELECT pg_catalog.set_config('search_path', $1, false)",
                                      1, &path, e)
                : connection_run(c, "RESET search_path", e);
}

/*
 * What the statement returns there; NULL with `refused` set where the server does not take it, and
 * with the error set where it could not be asked.
 */
static PGresult *describe(struct connection *c, const char *path, const char *sql,
                          struct error *refused, struct error *e)
{
    if (!set_path(c, path, e))
        return NULL;
    error_clear(refused);
    PGresult *result = connection_describe(c, sql, refused);
    if (!result && error_is_of_server(refused))
        error_take(e, refused);
    return result;
}

static bool is_same(const PGresult *a, const PGresult *b)
{
    bool same = PQnfields(a) == PQnfields(b);
    for (int i = 0; same && i < PQnfields(a); i++)
        same = strcmp(PQfname(a, i), PQfname(b, i)) == 0 && PQftype(a, i) == PQftype(b, i);
    return same;
}

static void keep(struct statement_trials *t, const struct shape_statement *statement,
                 const char *path, const PGresult *was, const PGresult *is,
                 const struct error *refused)
{
    struct statement_trial *trial = memory_append(&t->items, &t->count, sizeof *trial);
    *trial = (struct statement_trial){.statement = statement,
                                      .path = path,
                                      .failure = is ? NULL : memory_copy_of(refused->message),
                                      .other_result = is && !is_same(was, is)};
}

static bool try_one(const struct rule_ground *g, const struct paths *paths,
                    const struct shape_statement *statement, struct statement_trials *t,
                    struct error *e)
{
    struct error refused = {0};
    PGresult *was = NULL;
    size_t i = 0;
    for (; !was && i < paths->count && e->kind == ERROR_NONE; i++)
        was = describe(g->before, paths->items[i], statement->sql, &refused, e);
    PGresult *is =
        was ? describe(g->after, paths->items[i - 1], statement->sql, &refused, e) : NULL;
    if (was && e->kind == ERROR_NONE)
        keep(t, statement, paths->items[i - 1], was, is, &refused);
    PQclear(was);
    PQclear(is);
    return e->kind == ERROR_NONE;
}

static bool try_all(const struct rule_ground *g, struct statement_trials *t, struct error *e)
{
    const struct shape *s = g->shape;
    struct paths paths = {0};
    find_paths(&paths, s);
    for (t->tried = 0; t->tried < s->statement_count && e->kind == ERROR_NONE; t->tried++)
        try_one(g, &paths, &s->statements[t->tried], t, e);
    free(paths.items);
    return e->kind == ERROR_NONE && set_path(g->before, NULL, e) && set_path(g->after, NULL, e);
}

const struct statement_trials *statement_trials_take(struct rule_look *look, struct error *e)
{
    struct rule_ground *g = look->ground;
    if (!g->statements) {
        g->statements = memory_zeroed(1, sizeof *g->statements);
        if (!try_all(g, g->statements, e)) {
            statement_trials_free(g->statements);
            g->statements = NULL;
            return NULL;
        }
    }
    if (!g->statements->tried)
        look_not_run(look, "the shape has no statements");
    else if (!g->statements->count)
        look_not_run(look, "no statement of the shape fits the schema at the baseline");
    return g->statements;
}

void statement_trials_free(struct statement_trials *t)
{
    for (size_t i = 0; t && i < t->count; i++)
        free(t->items[i].failure);
    if (t)
        free(t->items);
    free(t);
}
