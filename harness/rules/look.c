#include "rules/look.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/sql.h"

void look_sees(struct rule_look *look, const char *object, const char *evidence, const char *remedy)
{
    struct sighting *s = memory_append(&look->sightings, &look->count, sizeof *s);
    s->object = memory_copy_of(object);
    s->evidence = memory_copy_of(evidence);
    s->remedy = memory_copy_of(remedy);
}

void look_takes_back(struct rule_look *look, const char *object, const char *part)
{
    size_t kept = 0;
    for (size_t i = 0; i < look->count; i++) {
        struct sighting *s = &look->sightings[i];
        if (strcmp(s->object, object) == 0 && strstr(s->evidence, part)) {
            free(s->object);
            free(s->evidence);
            free(s->remedy);
        } else {
            look->sightings[kept++] = *s;
        }
    }
    look->count = kept;
}

void look_not_run(struct rule_look *look, const char *reason)
{
    if (!look->not_run)
        look->not_run = memory_copy_of(reason);
}

/*
 * A spell in which a query may make helpers and try things: a transaction that is always rolled
 * back, with settings of ours.
 */
static bool spell_begin(struct connection *c, struct error *e)
{
    return connection_run(c, sql_rule_spell, e);
}

static bool spell_end(struct connection *c, bool good, struct error *e)
{
    return connection_run(c, "ROLLBACK", e) && good;
}

static char *ask_facts(struct connection *c, const char *facts, size_t count,
                       const char *const *values, struct error *e)
{
    char *query =
        memory_format("SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (%s) q", facts);
    char *found = connection_value(c, query, count, values, e);
    free(query);
    return found;
}

/* Ends the spell; what was found stands only if that went well. */
static char *spell_found(struct connection *c, char *found, struct error *e)
{
    if (spell_end(c, found != NULL, e))
        return found;
    free(found);
    return NULL;
}

char *look_facts(struct connection *c, const char *facts, size_t count, const char *const *values,
                 struct error *e)
{
    char *found = spell_begin(c, e) ? ask_facts(c, facts, count, values, e) : NULL;
    return spell_found(c, found, e);
}

/* Facts have no statistics: what is large on both sides is to be hashed. */
static bool expect_facts(struct connection *c, struct error *e)
{
    return connection_run(c, "SET LOCAL enable_nestloop = off", e);
}

char *look_facts_of(struct connection *c, const char *facts, size_t count,
                    const char *const *values, struct error *e)
{
    char *found =
        spell_begin(c, e) && expect_facts(c, e) ? ask_facts(c, facts, count, values, e) : NULL;
    return spell_found(c, found, e);
}

/* Makes the extension where there is none, and finds names as the application does. */
static bool have_extension(struct connection *c, const char *extension, struct error *e)
{
    char *name = connection_identifier(c, extension);
    char *make = memory_format("CREATE SCHEMA pgrehearse_tools; "
                               "CREATE EXTENSION IF NOT EXISTS %s SCHEMA pgrehearse_tools",
                               name);
    const char *const values[] = {extension};
    PGresult *set =
        connection_run(c, make, e)
            ? connection_query(c,
                               "SELECT set_config('search_path', concat_ws(', ', 'pg_catalog', "
                               "nullif(s.reset_val, ''), quote_ident(nspname), 'pg_temp'), true) "
                               "FROM pg_settings s, pg_extension x JOIN pg_namespace n ON n.oid = "
                               "x.extnamespace WHERE s.name = 'search_path' AND extname = $1",
                               1, values, e)
            : NULL;
    bool good = set != NULL;
    PQclear(set);
    free(make);
    free(name);
    return good;
}

static char *facts_with(struct connection *c, const char *extension, const char *facts,
                        struct error *e)
{
    char *found = spell_begin(c, e) && have_extension(c, extension, e)
                      ? ask_facts(c, facts, 0, NULL, e)
                      : NULL;
    return spell_found(c, found, e);
}

/* The fourth column, where there is one, is the level that a figure gives. */
static void take_level(struct sighting *s, const PGresult *rows, int row)
{
    s->is_judged = PQnfields(rows) > 3 && !PQgetisnull(rows, row, 3);
    const char *level = s->is_judged ? PQgetvalue(rows, row, 3) : "";
    s->level = strcmp(level, "finding") == 0   ? LEVEL_FINDING
               : strcmp(level, "warning") == 0 ? LEVEL_WARNING
                                               : LEVEL_NOTE;
}

static bool take_rows(struct rule_look *look, const PGresult *rows, struct error *e)
{
    if (PQnfields(rows) < 3)
        return error_set(e, ERROR_USAGE,
                         "the query has %d of the columns object, evidence and remedy",
                         PQnfields(rows));
    for (int i = 0; i < PQntuples(rows); i++) {
        look_sees(look, PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1),
                  PQgetisnull(rows, i, 2) ? NULL : PQgetvalue(rows, i, 2));
        take_level(&look->sightings[look->count - 1], rows, i);
    }
    return true;
}

bool look_judge(struct rule_look *look, struct connection *c, const char *judge, size_t count,
                const char *const *values, struct error *e)
{
    bool begun = spell_begin(c, e) && expect_facts(c, e);
    PGresult *rows = begun ? connection_query(c, judge, count, values, e) : NULL;
    bool good = rows && take_rows(look, rows, e);
    PQclear(rows);
    return spell_end(c, good, e);
}

PGresult *look_rows(struct connection *c, const char *sql, size_t count, const char *const *values,
                    struct error *e)
{
    PGresult *rows = spell_begin(c, e) ? connection_query(c, sql, count, values, e) : NULL;
    if (spell_end(c, rows != NULL, e))
        return rows;
    PQclear(rows);
    return NULL;
}

static bool judge_facts(struct rule_look *look, struct connection *c, char *was, char *is,
                        const char *judge, struct error *e)
{
    const char *const values[] = {was, is};
    bool good = was && is && look_judge(look, c, judge, 2, values, e);
    free(was);
    free(is);
    return good;
}

bool look_is_superuser(struct connection *c, bool *is, struct error *e)
{
    static const char query[] = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user";
    char *super = connection_value(c, query, 0, NULL, e);
    *is = super && strcmp(super, "t") == 0;
    bool good = super != NULL;
    free(super);
    return good;
}

bool look_compare(struct rule_look *look, struct connection *earlier, struct connection *later,
                  const char *facts, const char *judge, struct error *e)
{
    char *was = look_facts(earlier, facts, 0, NULL, e);
    char *is = was ? look_facts(later, facts, 0, NULL, e) : NULL;
    return judge_facts(look, later, was, is, judge, e);
}

bool look_compare_with(struct rule_look *look, const char *extension, const char *facts,
                       const char *judge, struct error *e)
{
    static const char known[] =
        "SELECT count(*) FROM pg_available_extensions a JOIN pg_available_extension_versions v "
        "ON v.name = a.name AND v.version = a.default_version WHERE a.name = $1 AND "
        "(a.installed_version IS NOT NULL OR v.trusted OR NOT v.superuser OR "
        "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user))";
    const struct rule_ground *g = look->ground;
    char *count = connection_value(g->after, known, 1, &extension, e);
    bool there = count && strcmp(count, "0") != 0;
    bool asked = count != NULL;
    free(count);
    if (asked && !there) {
        char *why =
            memory_format("the server has no extension %s that this role may make", extension);
        look_not_run(look, why);
        free(why);
    }
    if (!there)
        return asked;
    char *was = facts_with(g->before, extension, facts, e);
    char *is = was ? facts_with(g->after, extension, facts, e) : NULL;
    return judge_facts(look, g->after, was, is, judge, e);
}

bool look_compare_upgrade(struct rule_look *look, const char *facts, const char *judge,
                          struct error *e)
{
    return look_compare(look, look->ground->before, look->ground->after, facts, judge, e);
}

char *look_dates(const struct rule_ground *g, struct connection *c, struct error *e)
{
    char *own = connection_array((const char *const *)g->own_tables, g->own_table_count);
    const char *const values[] = {own};
    char *dates = look_facts(c, sql_rule_dates_facts, 1, values, e);
    free(own);
    return dates;
}

char *look_outside(struct connection *c, bool server_is_ours, struct error *e)
{
    const char *const values[] = {server_is_ours ? "t" : "f"};
    return look_facts(c, sql_rule_outside_facts, 1, values, e);
}

bool look_compare_outside(struct rule_look *look, const char *judge, struct error *e)
{
    const struct rule_ground *g = look->ground;
    char *now = g->outside_before ? look_outside(g->after, g->server_is_ours, e) : NULL;
    const char *const values[] = {g->outside_before, now};
    bool good = !g->outside_before || (now && look_judge(look, g->after, judge, 2, values, e));
    free(now);
    return good;
}
