#include "base/memory.h"
#include "base/text.h"
#include "ground/filling.h"
#include "rehearsal/fixture_store.h"
#include "rehearsal/rehearsal.h"

static bool make_database(struct rehearsal *r, const char *template, struct error *e)
{
    return rehearsal_make_database(r, template, e) &&
           connection_open(&r->connection, r->url, r->run->ground.cancel, e);
}

/* As many rows as the fixture says that its script makes, and the generator that it made. */
static void check_rows(struct rehearsal *r, struct check *c, const struct suite_fixture *f,
                       const struct fixture_rows *made)
{
    const struct suite *suite = r->run->ground.suite;
    struct text expected = {0}, found = {0};
    struct error e = {0};
    for (unsigned i = 0; i < suite->preserved_table_count && e.kind == ERROR_NONE; i++) {
        const char *table = suite->preserved_tables[i];
        char *identifier = connection_identifier(&r->connection, table);
        char *query = memory_format("SELECT count(*) FROM %s", identifier);
        char *rows = connection_value(&r->connection, query, 0, NULL, &e);
        if (rows) {
            step_measure(r, table, "rows", strtod(rows, NULL), 0);
            text_append_format(&found, "%s: %s rows\n", table, rows);
            text_append_format(&expected, "%s: %llu rows\n", table,
                               (unsigned long long)fixture_rows_of(made, f, table));
        }
        free(rows);
        free(query);
        free(identifier);
    }
    if (e.kind == ERROR_NONE && strcmp(text_string(&expected), text_string(&found)) != 0)
        error_set(&e, ERROR_UNAVAILABLE, "fixture %s: expected %s, found %s", f->name,
                  text_string(&expected), text_string(&found));
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else
        check_pass(r, c);
    text_release(&expected);
    text_release(&found);
}

/* Whether the sizes on the command line are at least those of production. */
static bool is_production_scale(const struct run *run, const struct suite_fixture *f)
{
    if (!f->recipe || f->size_count)
        return false;
    for (unsigned i = 0; i < run->ground.suite->size_count; i++)
        if (run->ground.sizes[i].value < run->ground.suite->sizes[i].production)
            return false;
    return run->ground.suite->size_count > 0;
}

/* Before the first revision there is no table that could have rows. */
static bool can_have_rows(const struct ground *g)
{
    return !g->is_project || strcmp(g->suite->baseline, ground_base(g)) != 0;
}

/* What rows there are where the suite declares none: its checks are two. */
struct undeclared_rows {
    struct check *some, *everywhere;
};

static void plan_rows(struct rehearsal *r, struct undeclared_rows *rows)
{
    rows->some = step_check(r, "fixture", NULL, "it has rows");
    rows->everywhere = step_check(r, "unfilled", NULL, "every table has rows");
}

/* Which tables have no rows, and which rows lack values that production's may have. */
static void list_empty(struct rehearsal *r, struct check *c, const struct filling *f)
{
    struct text names = {0};
    for (size_t i = 0; i < f->empty_count; i++)
        text_append_format(&names, "%s%s%s%s%s", i ? ", " : "", f->empty[i].table,
                           *f->empty[i].reason ? " (" : "", f->empty[i].reason,
                           *f->empty[i].reason ? ")" : "");
    if (f->empty_count) {
        c->level = LEVEL_NOTE;
        c->message = memory_format("%zu of %zu tables %s no rows, so no check can judge them: %s",
                                   f->empty_count, f->tables, f->empty_count == 1 ? "has" : "have",
                                   text_string(&names));
    }
    if (f->replaced) {
        char *before = c->message;
        c->level = LEVEL_NOTE;
        c->message = memory_format("%s%s%s", before ? before : "", before ? "; " : "", f->replaced);
        free(before);
    }
    check_pass(r, c);
    text_release(&names);
}

static void judge_rows(struct rehearsal *r, const struct undeclared_rows *rows)
{
    const struct filling *f = r->run->ground.filling;
    struct error e = f->error;
    step_measure_as(r, MEASURE_ROWS, (double)f->rows, 0);
    if (e.kind == ERROR_NONE && f->tables && !f->rows && !f->refused)
        error_set(&e, ERROR_UNAVAILABLE,
                  "none of %zu tables could be filled; %s: %s; give rows of "
                  "your own with --data FILE",
                  f->tables, f->empty[0].table, f->empty[0].reason);
    if (e.kind != ERROR_NONE) {
        check_error(r, rows->some, &e);
        return;
    }
    if (f->tables && !f->rows) {
        rows->some->level = LEVEL_WARNING;
        rows->some->message = memory_copy_of("no generated row remains that the upgrade accepts");
    }
    check_pass(r, rows->some);
    list_empty(r, rows->everywhere, f);
}

static bool conclude_database(struct rehearsal *r, struct check *c, bool made,
                              const struct error *e)
{
    if (made)
        check_pass(r, c);
    else
        check_error(r, c, e);
    return made;
}

static void given_undeclared_rows(struct rehearsal *r)
{
    const struct ground *g = &r->run->ground;
    struct error e = {0};
    struct undeclared_rows rows;
    step_begin(r, "given a database at %s with rows", g->suite->baseline);
    struct check *made =
        step_check(r, "database", NULL, "a throwaway database is at %s", g->suite->baseline);
    plan_rows(r, &rows);
    if (!step_runs(r))
        return;
    if (conclude_database(r, made, make_database(r, g->filled ? g->filled : g->template, &e), &e))
        judge_rows(r, &rows);
}

static void judge_fixture(struct rehearsal *r, struct check *c, const struct suite_fixture *f,
                          const struct fixture_rows *rows)
{
    if (f->recipe)
        step_measure_as(r, MEASURE_GENERATED, rows->seconds, 0);
    check_rows(r, c, f, rows);
}

/* A clone of the database that has the rows; without one, of the template: it is there all the same
   when the rows are not. */
static void make_shared(struct rehearsal *r, struct check *made, struct check *filled,
                        const struct suite_fixture *f)
{
    const struct fixture_rows *rows;
    struct error e = {0}, unfilled = {0};
    const char *database = fixture_store_get(r->run->fixtures, r, f, &rows, &unfilled);
    if (!conclude_database(r, made,
                           make_database(r, database ? database : r->run->ground.template, &e), &e))
        return;
    if (database)
        judge_fixture(r, filled, f, rows);
    else
        check_error(r, filled, &unfilled);
}

static void make_own(struct rehearsal *r, struct check *made, struct check *filled,
                     const struct suite_fixture *f)
{
    struct fixture_rows rows = {0};
    struct error e = {0};
    if (!conclude_database(r, made, make_database(r, r->run->ground.template, &e), &e))
        return;
    if (fixture_rows_make(r, &r->connection, f, &rows, &e))
        judge_fixture(r, filled, f, &rows);
    else
        check_error(r, filled, &e);
    fixture_rows_release(&rows);
}

/* Without a size the rows of a project are the few that existing-data has already. */
static bool lacks_size(const struct rehearsal *r, const char *fixture)
{
    const struct ground *g = &r->run->ground;
    return fixture && strcmp(fixture, GENERATED_DATA) == 0 && g->is_project && !g->rows &&
           !(g->scale > 0) && !suite_find_fixture(g->suite, fixture);
}

void given_database(struct rehearsal *r, const char *fixture)
{
    const struct suite *suite = r->run->ground.suite;
    struct error e = {0};
    if (lacks_size(r, fixture))
        rehearsal_lacks(r, r->run->ground.shape
                               ? "it needs --scale F, a share of the rows that the shape has"
                               : "it needs --rows N, as many as production has");
    if (fixture && !can_have_rows(&r->run->ground))
        fixture = NULL;
    const struct suite_fixture *f = fixture ? suite_find_fixture(suite, fixture) : NULL;
    if (fixture && !f) {
        given_undeclared_rows(r);
        return;
    }
    step_begin(r, "given a database at %s%s%s", suite->baseline, fixture ? " with data: " : "",
               fixture ? fixture : "");
    struct check *made =
        step_check(r, "database", NULL, "a throwaway database is at %s", suite->baseline);
    struct check *filled = NULL;
    r->at_scale = f && is_production_scale(r->run, f);
    r->fixture = f;
    if (f && r->walking)
        fixture_store_expect(r->run->fixtures, f, false);
    if (fixture)
        filled = step_check(r, r->at_scale ? "scale" : "fixture", NULL, "it has the rows of '%s'",
                            fixture);
    if (!step_runs(r))
        return;
    if (f && fixture_store_shares(r->run->fixtures, f))
        make_shared(r, made, filled, f);
    else if (f)
        make_own(r, made, filled, f);
    else
        conclude_database(r, made, make_database(r, r->run->ground.template, &e), &e);
}
