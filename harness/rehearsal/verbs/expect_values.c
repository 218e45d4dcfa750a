/* expect_accepted_values and expect_rejected_values: does the database itself keep the rules? */
#include <ctype.h>

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/rehearsal.h"

/* A value as a C programmer would write it: quotes, \n, \x01; long ones are cut. */
static char *show_value(const char *value)
{
    struct text t = {0};
    text_append(&t, "'");
    for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
        if (t.length > 80 && (*p & 0xC0) != 0x80) {
            text_append(&t, "…");
            break;
        }
        if (*p == '\n')
            text_append(&t, "\\n");
        else if (*p == '\t')
            text_append(&t, "\\t");
        else if (iscntrl(*p))
            text_append_format(&t, "\\x%02x", *p);
        else
            text_append_bytes(&t, p, 1);
    }
    text_append(&t, "'");
    return text_detach(&t);
}

static char *join(char *const *words, unsigned count, const char *separator)
{
    struct text t = {0};
    for (unsigned i = 0; i < count; i++)
        text_append_format(&t, "%s%s", i ? separator : "", words[i]);
    return text_detach(&t);
}

static struct check *plan(struct rehearsal *r, const char *kind, const char *verb,
                          const struct suite_values *group, const struct suite_value *value)
{
    char *shown = show_value(value->value);
    char *requirements = join(value->requirements, value->requirement_count, " ");
    struct check *c = step_check(r, kind, requirements, "%s.%s %s %s%s%s%s", group->table,
                                 group->column, verb, shown, value->why ? " (" : "",
                                 value->why ? value->why : "", value->why ? ")" : "");
    free(requirements);
    free(shown);
    return c;
}

/* The CHECKs on the column, to show why a value went through; "" if none, or not to be had. */
static char *constraints_on(struct rehearsal *r, const struct suite_values *group)
{
    struct error ignored = {0};
    const char *const values[] = {group->table, group->column};
    char *found = connection_value(
        &r->connection,
        "SELECT coalesce(string_agg(conname || ' ' || pg_get_constraintdef(oid), E'\\n'), "
        "'no CHECK on this column') FROM pg_constraint WHERE contype = 'c' AND "
        "conrelid = to_regclass(quote_ident($1)) AND conkey @> ARRAY[(SELECT attnum FROM "
        "pg_attribute WHERE attrelid = conrelid AND attname = $2)]",
        2, values, &ignored);
    return found ? found : memory_copy_of("");
}

/* Inserts one value. True if the server took it; `*rows` is how many rows that made. */
static bool insert(struct rehearsal *r, const struct suite_values *group, const char *value,
                   long *rows, struct error *e)
{
    PGresult *result = connection_query(&r->connection, group->insert, 1, &value, e);
    if (!result)
        return false;
    *rows = strtol(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return true;
}

/* How many rows of the table hold just this value; negative on failure. */
static long count_stored(struct rehearsal *r, const struct suite_values *group, const char *value,
                         struct error *e)
{
    char *table = connection_identifier(&r->connection, group->table);
    char *column = connection_identifier(&r->connection, group->column);
    char *query = memory_format("SELECT count(*) FROM %s WHERE %s::text = $1", table, column);
    char *count = connection_value(&r->connection, query, 1, &value, e);
    long stored = count ? strtol(count, NULL, 10) : -1;
    free(count);
    free(query);
    free(column);
    free(table);
    return stored;
}

static bool begin(struct rehearsal *r, struct error *e)
{
    return connection_run(&r->connection, "BEGIN", e);
}

static bool finish(struct rehearsal *r, bool commit, struct error *e)
{
    return connection_run(&r->connection, commit ? "COMMIT" : "ROLLBACK", e);
}

/* Whether the insert failed for a reason that tells nothing of the value. */
static bool is_trouble_of_server(const struct error *refused)
{
    return refused->kind == ERROR_INTERRUPTED ||
           (refused->kind != ERROR_NONE && error_is_of_server(refused));
}

/*
 * An insert that made no row: if the table has a trigger or a rule that can swallow it, the value
 * was neither taken nor refused, which is a finding; else the suite's insert is wrong.
 */
static void no_row(struct rehearsal *r, struct check *c, const struct suite_values *group,
                   const char *shown)
{
    struct error e = {0};
    const char *const values[] = {group->table};
    char *swallows = connection_value(
        &r->connection,
        "SELECT string_agg(what, ', ' ORDER BY what) FROM (SELECT 'trigger ' || tgname AS what "
        "FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = to_regclass(quote_ident($1)) "
        "UNION ALL SELECT 'rule ' || rulename FROM pg_rewrite "
        "WHERE ev_class = to_regclass(quote_ident($1)) AND ev_type = '3') AS found",
        1, values, &e);
    struct evidence evidence = {.expected = "one row, or an error",
                                .found = "no row, and no error",
                                .detail = swallows,
                                .remedy = "refuse invalid values with an error, keep valid ones",
                                .sql = group->insert};
    if (e.kind == ERROR_NONE && (!swallows || !*swallows))
        error_set(&e, ERROR_USAGE, "the suite's insert into %s inserts no row; it must insert one",
                  group->table);
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else
        check_finding(r, c, &evidence,
                      "the value %s in %s.%s caused neither a row nor an error, because of %s",
                      shown, group->table, group->column, swallows);
    free(swallows);
}

static void try_accepted(struct rehearsal *r, struct check *c, const struct suite_values *group,
                         const struct suite_value *value)
{
    struct error e = {0}, refused = {0};
    long rows = 0, stored = 0;
    char *shown = show_value(value->value);
    struct evidence evidence = {.expected = "the row is inserted",
                                .remedy = "loosen the constraint: the value is valid",
                                .sql = group->insert};
    bool taken = begin(r, &e) && insert(r, group, value->value, &rows, &refused);
    if (taken)
        stored = count_stored(r, group, value->value, &e);
    if (e.kind == ERROR_NONE && is_trouble_of_server(&refused))
        error_take(&e, &refused);
    else if (e.kind == ERROR_NONE)
        finish(r, taken, &e);
    if (e.kind != ERROR_NONE) {
        check_error(r, c, &e);
    } else if (taken && rows == 0) {
        no_row(r, c, group, shown);
    } else if (!taken) {
        evidence.found = refused.message;
        evidence.sqlstate = refused.sqlstate;
        check_finding(r, c, &evidence, "refused the valid value %s in %s.%s: %s", shown,
                      group->table, group->column, refused.message);
    } else if (stored == 0) {
        evidence.expected = "the value as it was given";
        evidence.found = "another value";
        evidence.remedy = "do not change values silently";
        check_finding(r, c, &evidence, "stored the value %s in %s.%s as something else", shown,
                      group->table, group->column);
    } else {
        check_pass(r, c);
    }
    free(shown);
}

static bool counts_as_refusal(const struct suite_value *value, const char *sqlstate)
{
    for (unsigned i = 0; i < value->sqlstate_count; i++)
        if (strcmp(value->sqlstates[i], sqlstate) == 0)
            return true;
    return false;
}

static void tell_accepted(struct rehearsal *r, struct check *c, const struct suite_values *group,
                          const struct suite_value *value, const char *expected)
{
    char *shown = show_value(value->value), *constraints = constraints_on(r, group);
    struct evidence evidence = {.expected = expected,
                                .found = "the row was inserted",
                                .detail = constraints,
                                .remedy = "tighten the constraint so that it refuses this value",
                                .sql = group->insert};
    check_finding(r, c, &evidence, "accepted the invalid value %s%s%s%s in %s.%s: %s", shown,
                  value->why ? " (" : "", value->why ? value->why : "", value->why ? ")" : "",
                  group->table, group->column, constraints);
    free(constraints);
    free(shown);
}

static void try_rejected(struct rehearsal *r, struct check *c, const struct suite_values *group,
                         const struct suite_value *value)
{
    struct error e = {0}, refused = {0};
    long rows = 0;
    char *states = join(value->sqlstates, value->sqlstate_count, " or ");
    char *expected = memory_format("refused with SQLSTATE %s", states);
    bool taken = begin(r, &e) && insert(r, group, value->value, &rows, &refused);
    if (e.kind == ERROR_NONE && !taken && is_trouble_of_server(&refused))
        error_take(&e, &refused);
    else if (e.kind == ERROR_NONE)
        finish(r, false, &e);
    if (e.kind != ERROR_NONE) {
        check_error(r, c, &e);
    } else if (taken && rows == 0) {
        char *shown = show_value(value->value);
        no_row(r, c, group, shown);
        free(shown);
    } else if (taken) {
        tell_accepted(r, c, group, value, expected);
    } else if (counts_as_refusal(value, refused.sqlstate)) {
        check_pass(r, c);
    } else {
        char *shown = show_value(value->value);
        struct evidence evidence = {.expected = expected,
                                    .found = refused.message,
                                    .sqlstate = refused.sqlstate,
                                    .remedy = "find out why the insert fails for another reason",
                                    .sql = group->insert};
        check_finding(r, c, &evidence,
                      "the value %s in %s.%s caused an error other than a refusal, SQLSTATE %s: %s",
                      shown, group->table, group->column, refused.sqlstate, refused.message);
        free(shown);
    }
    free(expected);
    free(states);
}

typedef void try_value_fn(struct rehearsal *r, struct check *c, const struct suite_values *group,
                          const struct suite_value *value);

static void try_all(struct rehearsal *r, const char *kind, const char *verb,
                    const struct suite_values *groups, unsigned count, try_value_fn *try_value)
{
    struct check **checks = NULL;
    size_t planned = 0, next = 0;
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j < groups[i].value_count; j++) {
            struct check *c = plan(r, kind, verb, &groups[i], &groups[i].values[j]);
            *(struct check **)memory_append(&checks, &planned, sizeof *checks) = c;
        }
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j < groups[i].value_count; j++, next++)
            if (step_runs(r))
                try_value(r, checks[next], &groups[i], &groups[i].values[j]);
    free(checks);
}

void expect_accepted_values(struct rehearsal *r)
{
    const struct suite *suite = r->run->ground.suite;
    if (suite->accept_count + suite->reject_count == 0)
        rehearsal_lacks_declaration(r, "no values are declared under accepts or rejects");
    step_begin(r, "insert valid values");
    try_all(r, "accepts", "accepts", suite->accepts, suite->accept_count, try_accepted);
}

void expect_rejected_values(struct rehearsal *r)
{
    const struct suite *suite = r->run->ground.suite;
    step_begin(r, "insert invalid values");
    try_all(r, "rejects", "refuses", suite->rejects, suite->reject_count, try_rejected);
}
