#include "rehearsal/refused_values.h"

#include <string.h>

#include "base/memory.h"
#include "migrator/expression.h"
#include "postgres/url.h"
#include "rehearsal/sql.h"
#include "rehearsal/tried_upgrade.h"

/* What was refused: the value, and the type that does not take it. */
struct refused_value {
    char *type, *value;
    bool is_enum;
};

static void refused_value_release(struct refused_value *v)
{
    free(v->type);
    free(v->value);
}

static bool find_refused(const char *message, struct refused_value *v)
{
    static const char *const patterns[] = {"invalid input value for enum ([^:]+): \"(.*)\"",
                                           "invalid input syntax for type ([^:]+): \"(.*)\""};
    struct expression_groups groups = {0};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns && !v->type; i++)
        if (expression_match_line(patterns[i], message, &groups)) {
            *v = (struct refused_value){memory_copy_of(groups.items[1]),
                                        memory_copy_of(groups.items[2]), i == 0};
            expression_groups_release(&groups);
        }
    return v->type != NULL;
}

static bool open_database(const struct leg *leg, const char *database, struct connection *c,
                          struct error *e)
{
    const struct ground *g = &leg->run.ground;
    char *url = url_with_database(g->server->url, database, e);
    bool good = url && connection_open(c, url, g->cancel, e);
    free(url);
    return good;
}

/*
 * The labels at the target, as an array, those that the upgrade adds first; NULL if there are none
 * to be had. Without rows the upgrade gets that far.
 */
static char *labels_of(const struct leg *leg, const char *type, struct error *e)
{
    static const char query[] = "SELECT array_agg(enumlabel ORDER BY oid DESC) FROM pg_enum "
                                "WHERE enumtypid = to_regtype($1)";
    struct tried_upgrade t;
    struct connection c = {0};
    char *labels = NULL;
    bool reached =
        tried_upgrade_make(&t, leg, leg->template, "labels", true, e) && !t.failure.message;
    if (reached && open_database(leg, t.database, &c, e))
        labels = connection_value(&c, query, 1, &type, e);
    connection_close(&c);
    tried_upgrade_release(&t, leg, e);
    if (labels && *labels)
        return labels;
    free(labels);
    return NULL;
}

/* Text of other types that is written as text often enough, as an array; NULL for the rest. */
static const char *examples_of(const char *type)
{
    static const struct {
        const char *type, *examples;
    } table[] = {
        {"smallint", "{1,2,3}"},
        {"integer", "{1,2,3}"},
        {"bigint", "{1,2,3}"},
        {"numeric", "{1.5,2,3}"},
        {"double precision", "{1.5,2,3}"},
        {"real", "{1.5,2,3}"},
        {"boolean", "{true,false}"},
        {"date", "{2024-01-31,2024-12-01}"},
        {"timestamp", "{2024-01-31 12:30:00,2024-12-01 00:00:00}"},
        {"timestamp with time zone", "{2024-01-31 12:30:00+00,2024-12-01 00:00:00+00}"},
        {"interval", "{1 day,2 hours}"},
        {"uuid", "{6f1c1d6e-8f0b-4b3f-9a55-0d9a3f3f4c01,2b0d7b1e-1c7c-4d0c-8f5e-9a1b2c3d4e5f}"},
        {"inet", "{10.0.0.1,10.0.0.2}"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].type, type) == 0)
            return table[i].examples;
    return NULL;
}

static bool replace(const struct leg *leg, const char *value, const char *taken, bool *done,
                    struct error *e)
{
    struct connection c = {0};
    const char *const values[] = {value, taken};
    bool good = open_database(leg, leg->filling.database, &c, e) &&
                connection_run(&c, sql_replace_values, e);
    char *count =
        good ? connection_value(&c, "SELECT pg_temp.pgrehearse_replace($1, $2)", 2, values, e)
             : NULL;
    *done = count && strcmp(count, "0") != 0;
    free(count);
    connection_close(&c);
    return e->kind == ERROR_NONE;
}

/* A label that columns of an enum hold, and that the upgrade takes from them. */
static bool replace_label(const struct leg *leg, const struct refused_value *v, struct filling *f,
                          bool *done, struct error *e)
{
    struct connection c = {0};
    bool good = open_database(leg, f->database, &c, e) && connection_run(&c, sql_replace_label, e);
    char *columns = good ? connection_value(&c, "SELECT pg_temp.pgrehearse_replace_label($1)", 1,
                                            (const char *const[]){v->value}, e)
                         : NULL;
    *done = columns && *columns;
    if (*done) {
        char *before = f->replaced;
        f->replaced =
            memory_format("%s%sno generated row has '%s' in %s: the upgrade refuses it there; if "
                          "production may have such rows, supply some with --data FILE",
                          before ? before : "", before ? "; " : "", v->value, columns);
        free(before);
    }
    free(columns);
    connection_close(&c);
    return good;
}

bool refused_values_replace(struct leg *leg, const struct baseline_failure *failure, bool *done,
                            struct error *e)
{
    struct refused_value v = {0};
    bool good = !find_refused(failure->message, &v) || !v.is_enum ||
                replace_label(leg, &v, &leg->filling, done, e);
    if (good && v.type && !*done) {
        const char *examples = v.is_enum ? NULL : examples_of(v.type);
        char *taken = v.is_enum ? labels_of(leg, v.type, e) : memory_copy_of(examples);
        good = e->kind == ERROR_NONE && (!taken || replace(leg, v.value, taken, done, e));
        free(taken);
    }
    refused_value_release(&v);
    return good;
}
