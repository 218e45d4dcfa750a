#include "rules/look.h"

#include "base/memory.h"
#include "rules/sql.h"

void look_sees(struct rule_look *look, const char *object, const char *evidence, const char *remedy)
{
    struct sighting *s = memory_append(&look->sightings, &look->count, sizeof *s);
    s->object = memory_copy_of(object);
    s->evidence = memory_copy_of(evidence);
    s->remedy = memory_copy_of(remedy);
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

char *look_facts(struct connection *c, const char *facts, size_t count, const char *const *values,
                 struct error *e)
{
    char *query =
        memory_format("SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (%s) q", facts);
    char *found = spell_begin(c, e) ? connection_value(c, query, count, values, e) : NULL;
    if (!spell_end(c, found != NULL, e)) {
        free(found);
        found = NULL;
    }
    free(query);
    return found;
}

static void take_rows(struct rule_look *look, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++)
        look_sees(look, PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1),
                  PQgetisnull(rows, i, 2) ? NULL : PQgetvalue(rows, i, 2));
}

bool look_judge(struct rule_look *look, struct connection *c, const char *judge, size_t count,
                const char *const *values, struct error *e)
{
    PGresult *rows = spell_begin(c, e) ? connection_query(c, judge, count, values, e) : NULL;
    if (rows)
        take_rows(look, rows);
    bool good = rows != NULL;
    PQclear(rows);
    return spell_end(c, good, e);
}

bool look_compare(struct rule_look *look, struct connection *earlier, struct connection *later,
                  const char *facts, const char *judge, struct error *e)
{
    char *was = look_facts(earlier, facts, 0, NULL, e);
    char *is = was ? look_facts(later, facts, 0, NULL, e) : NULL;
    const char *const values[] = {was, is};
    bool good = is && look_judge(look, later, judge, 2, values, e);
    free(was);
    free(is);
    return good;
}

bool look_compare_upgrade(struct rule_look *look, const char *facts, const char *judge,
                          struct error *e)
{
    return look_compare(look, look->ground->before, look->ground->after, facts, judge, e);
}
