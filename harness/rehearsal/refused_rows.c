#include "rehearsal/refused_rows.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/tables.h"
#include "migrator/expression.h"
#include "postgres/url.h"
#include "rehearsal/refused_values.h"
#include "rehearsal/tried_upgrade.h"

enum { MOST_TABLES = 10 };

static const size_t longest_file = 1u << 20; /* bytes */

/*
 * The table, and the column if it is about one; or the columns that a new index wants unique; or
 * nothing, where some value of some table could not be converted or was refused.
 */
struct refusal {
    char *table, *column;
    char *key; /* "user_id, lower(name)" */
    bool somewhere;
};

static void refusal_release(struct refusal *r)
{
    free(r->table);
    free(r->column);
    free(r->key);
    *r = (struct refusal){0};
}

/* The text from a line of the revision's file on; "" if it cannot be read. To be freed. */
static char *text_from(const struct project_revision *revision, const char *line)
{
    struct text content = {0};
    bool read = revision && revision->file_count &&
                text_read_file(&content, revision->files[0], longest_file);
    const char *p = read ? text_string(&content) : "";
    for (long i = strtol(line, NULL, 10); i > 1 && strchr(p, '\n'); i--)
        p = strchr(p, '\n') + 1;
    char *rest = memory_copy_of(p);
    text_release(&content);
    return rest;
}

/*
 * A value that a column of another type cannot take: "value too long for type character
 * varying(10)" names neither, so the statement is looked up where our own migrator says it is.
 */
static void find_retyped(const struct baseline_failure *failure,
                         const struct project_revision *revision, struct refusal *r)
{
    static const char place[] = "\\(SQLSTATE (22001|22003|22007|22008|22P02); .*, line ([0-9]+)\\)";
    static const char retypes[] =
        "^[^;]*[Aa][Ll][Tt][Ee][Rr] +[Tt][Aa][Bb][Ll][Ee] +([Ii][Ff] +[Ee][Xx][Ii][Ss][Tt][Ss] +)?"
        "([Oo][Nn][Ll][Yy] +)?(\"?[A-Za-z0-9_]+\"?\\.)?\"?([A-Za-z0-9_]+)\"?[ \t\r\n]+"
        "[^;]*[ \t\r\n][Tt][Yy][Pp][Ee][ \t\r\n]";
    struct expression_groups at = {0}, statement = {0};
    if (!failure->detail || !expression_match_line(place, failure->detail, &at))
        return;
    char *rest = text_from(revision, at.items[2]);
    if (expression_match(retypes, rest, &statement, NULL))
        r->table = memory_copy_of(statement.items[4]);
    expression_groups_release(&at);
    expression_groups_release(&statement);
    free(rest);
}

/* A value that does not fit, cannot be converted, or that the migration itself refuses. */
static bool is_about_values(const char *sqlstate)
{
    static const char *const states[] = {"22001", "22003", "22007", "22008", "22P02", "P0001"};
    bool found = false;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        found = found || strcmp(states[i], sqlstate) == 0;
    return found;
}

/* What the server says when existing rows break a constraint that is being added. */
static bool find_refusal(const struct baseline_failure *failure,
                         const struct project_revision *revision, struct refusal *r)
{
    const char *message = failure->message;
    static const char *const by_table[] = {
        "of relation \"([^\"]+)\" is violated by some row",
        "new row for relation \"([^\"]+)\" violates check constraint",
        "insert or update on table \"([^\"]+)\" violates foreign key constraint"};
    struct expression_groups groups = {0};
    for (size_t i = 0; i < sizeof by_table / sizeof *by_table && !r->table; i++)
        if (expression_match_line(by_table[i], message, &groups)) {
            r->table = memory_copy_of(groups.items[1]);
            expression_groups_release(&groups);
        }
    if (!r->table && expression_match_line("column \"([^\"]+)\" of relation \"([^\"]+)\" contains "
                                           "null values",
                                           message, &groups)) {
        r->column = memory_copy_of(groups.items[1]);
        r->table = memory_copy_of(groups.items[2]);
        expression_groups_release(&groups);
    }
    /* the server names the index alone, and the columns in its DETAIL */
    if (!r->table && strstr(message, "could not create unique index ") && failure->detail &&
        expression_match_line("Key \\(([^=]+)\\)=\\(.*\\) is duplicated", failure->detail,
                              &groups)) {
        r->key = memory_copy_of(groups.items[1]);
        expression_groups_release(&groups);
    }
    if (!r->table && !r->key)
        find_retyped(failure, revision, r);
    r->somewhere = !r->table && !r->key && is_about_values(failure->sqlstate);
    return r->table || r->key || r->somewhere;
}

/* Whether it holds some key twice; without a key, whether it holds a row. */
static bool has_rows(struct connection *c, const char *table, const char *key)
{
    struct error not_its_columns = {0};
    char *query = key ? memory_format("SELECT EXISTS (SELECT FROM %s WHERE num_nulls(%s) = 0 "
                                      "GROUP BY %s HAVING count(*) > 1)",
                                      table, key, key)
                      : memory_format("SELECT EXISTS (SELECT FROM %s)", table);
    char *answer = connection_value(c, query, 0, NULL, &not_its_columns);
    bool has = answer && strcmp(answer, "t") == 0;
    free(answer);
    free(query);
    return has;
}

/* Whether the revision speaks of the table, "public.orders", as far as its file can be read. */
static bool is_named(const char *table, const struct project_revision *revision)
{
    struct text content = {0};
    const char *name = strrchr(table, '.') ? strrchr(table, '.') + 1 : table;
    bool named = !revision || !revision->file_count ||
                 !text_read_file(&content, revision->files[0], longest_file) ||
                 strstr(text_string(&content), name) != NULL;
    text_release(&content);
    return named;
}

/* The tables that the revision names and that hold some key twice, or any row. */
static char *tables_named(const struct ground *g, struct connection *c, const char *key,
                          const struct project_revision *revision, struct error *e)
{
    struct table_list tables;
    struct text all = {0};
    bool good = ground_list_tables(g, c, &tables, e);
    for (size_t i = 0; good && i < tables.count; i++)
        if (is_named(tables.names[i], revision) && has_rows(c, tables.names[i], key))
            text_append_format(&all, "%s%s", all.length ? ", " : "", tables.names[i]);
    table_list_release(&tables);
    return all.length ? text_detach(&all) : NULL;
}

/* The tables of that name, as SQL writes them; NULL if a new column is asked of every row. */
static char *tables_called(struct connection *c, const struct refusal *r, struct error *e)
{
    static const char query[] =
        "SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c "
        "WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND c.oid >= 16384 AND ($2 = '' OR "
        "EXISTS "
        "(SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = $2))";
    const char *const values[] = {r->table, r->column ? r->column : ""};
    char *names = connection_value(c, query, 2, values, e);
    if (names && !*names) {
        free(names);
        names = NULL;
    }
    return names;
}

/*
 * What the upgrade has made or renamed under this name cannot be emptied before: its rows come from
 * some table that the revision names.
 */
static char *tables_to_empty(const struct ground *g, struct connection *c,
                             const struct project_revision *revision, const struct refusal *r,
                             struct error *e)
{
    static const char known[] =
        "SELECT count(*) FROM pg_class WHERE relname = $1 AND relkind IN ('r', 'p')";
    const char *const name[] = {r->table};
    if (!r->table)
        return tables_named(g, c, r->key, revision, e);
    char *count = connection_value(c, known, 1, name, e);
    bool is_known = count && strcmp(count, "0") != 0;
    free(count);
    if (e->kind != ERROR_NONE)
        return NULL;
    return is_known || r->column ? tables_called(c, r, e) : tables_named(g, c, NULL, revision, e);
}

/* Takes the rows out, and those that refer to them; *done if there were any to take out. */
static bool take_out(struct leg *leg, const struct project_revision *revision,
                     const struct refusal *refusal, const char *message, bool *done,
                     struct error *e)
{
    const struct ground *g = &leg->run.ground;
    struct connection c = {0};
    char *url = url_with_database(g->server->url, leg->filling.database, e);
    bool good = url && connection_open(&c, url, g->cancel, e);
    char *names = good ? tables_to_empty(g, &c, revision, refusal, e) : NULL;
    if (names) {
        const char *said = strstr(message, ": "); /* how the migrator ended comes first */
        char *reason = memory_format("the upgrade refuses generated rows: %s; if production may "
                                     "have such rows, supply some with --data FILE",
                                     said ? said + 2 : message);
        char *truncate = memory_format("TRUNCATE %s CASCADE", names);
        *done = connection_run(&c, truncate, e);
        if (*done)
            leg->filling.refused = filling_recount(g, &c, &leg->filling, reason);
        free(truncate);
        free(reason);
    }
    connection_close(&c);
    free(names);
    free(url);
    return e->kind == ERROR_NONE;
}

bool refused_rows_leave_out(struct leg *leg, const struct project_revision *revision,
                            struct error *e)
{
    bool again = leg->filling.database && leg->filling.rows;
    for (int i = 0; i < MOST_TABLES && again && e->kind == ERROR_NONE; i++) {
        struct tried_upgrade t;
        struct refusal refusal = {0};
        again = false;
        if (tried_upgrade_make(&t, leg, leg->filling.database, "tried", true, e) &&
            t.failure.message && refused_values_replace(leg, &t.failure, &again, e) && !again &&
            find_refusal(&t.failure, revision, &refusal))
            take_out(leg, revision, &refusal, t.failure.message, &again, e);
        refusal_release(&refusal);
        tried_upgrade_release(&t, leg, e);
    }
    return e->kind == ERROR_NONE;
}
