#include "rules/cost_facts.h"

#include "base/text.h"

static void append_member(struct text *t, const char *name, const char *value)
{
    text_append_format(t, ", \"%s\": ", name);
    text_append_json(t, value);
}

static void append_statement(struct text *t, const struct statement_cost *s)
{
    text_append_format(t,
                       "{\"number\": %zu, \"seconds\": %.6f, \"rows\": %llu, \"transaction\": %zu",
                       s->number, s->seconds, (unsigned long long)s->rows, s->transaction);
    append_member(t, "sql", s->sql);
    append_member(t, "tag", s->tag);
    append_member(t, "sqlstate", s->sqlstate);
    text_append(t, "}");
}

/* The transaction of the statement that took it. */
static size_t transaction_of(const struct cost_record *c, size_t statement)
{
    return statement && statement <= c->statement_count ? c->statements[statement - 1].transaction
                                                        : 0;
}

static void append_lock(struct text *t, const struct cost_record *c, const struct lock_cost *l)
{
    text_append_format(t,
                       "{\"statement\": %zu, \"transaction\": %zu, \"taken\": %.6f, \"held\": %.6f",
                       l->statement, transaction_of(c, l->statement), l->taken, l->held);
    append_member(t, "object", l->object);
    append_member(t, "mode", l->mode);
    text_append(t, "}");
}

static void append_table(struct text *t, const struct table_cost *table)
{
    text_append_format(t, "{\"before\": %lld, \"rewritten\": %s, \"statement\": %zu",
                       (long long)table->before, table->rewritten ? "true" : "false",
                       table->statement);
    append_member(t, "name", table->table);
    text_append(t, "}");
}

char *cost_facts(const struct cost_record *c)
{
    struct text t = {0};
    text_append(&t, "{\"statements\": [");
    for (size_t i = 0; i < c->statement_count; i++) {
        text_append(&t, i ? ", " : "");
        append_statement(&t, &c->statements[i]);
    }
    text_append(&t, "], \"locks\": [");
    for (size_t i = 0; i < c->lock_count; i++) {
        text_append(&t, i ? ", " : "");
        append_lock(&t, c, &c->locks[i]);
    }
    text_append(&t, "], \"tables\": [");
    for (size_t i = 0; i < c->table_count; i++) {
        text_append(&t, i ? ", " : "");
        append_table(&t, &c->tables[i]);
    }
    text_append(&t, "]}");
    return text_detach(&t);
}
