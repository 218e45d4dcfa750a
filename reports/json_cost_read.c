#include "reports/json_cost_read.h"

#include <stdio.h>

#include "base/memory.h"

static struct cost_counters counters_of(const struct json_reader *r, const json_t *parent,
                                        const char *key)
{
    const json_t *o = json_object_get(parent, key);
    return (struct cost_counters){.wal_bytes = json_read_count(r, o, "wal_bytes", -1),
                                  .wal_records = json_read_count(r, o, "wal_records", -1),
                                  .buffers_hit = json_read_count(r, o, "buffers_hit", -1),
                                  .buffers_read = json_read_count(r, o, "buffers_read", -1),
                                  .buffers_dirtied = json_read_count(r, o, "buffers_dirtied", -1),
                                  .temp_bytes = json_read_count(r, o, "temp_bytes", -1)};
}

static void read_statement(const struct json_reader *r, const json_t *o, struct cost_record *c)
{
    struct statement_cost *s =
        memory_append(&c->statements, &c->statement_count, sizeof *c->statements);
    char *sqlstate = json_read_text(r, o, "sqlstate");
    snprintf(s->sqlstate, sizeof s->sqlstate, "%s", sqlstate ? sqlstate : "");
    free(sqlstate);
    s->number = (size_t)json_read_count(r, o, "number", 0);
    s->sql = json_read_needed(r, o, "sql");
    s->step = json_read_text(r, o, "step");
    s->tag = json_read_text(r, o, "tag");
    s->started = json_read_figure(r, o, "started", 0);
    s->seconds = json_read_figure(r, o, "seconds", -1);
    s->rows = (uint64_t)json_read_count(r, o, "rows", 0);
    s->transaction = (size_t)json_read_count(r, o, "transaction", 0);
    s->counters = counters_of(r, o, "counters");
}

static void read_lock(const struct json_reader *r, const json_t *o, struct cost_record *c)
{
    struct lock_cost *l = memory_append(&c->locks, &c->lock_count, sizeof *c->locks);
    l->object = json_read_needed(r, o, "object");
    l->mode = json_read_needed(r, o, "mode");
    l->statement = (size_t)json_read_count(r, o, "statement", 0);
    l->taken = json_read_figure(r, o, "taken", 0);
    l->waited = json_read_figure(r, o, "waited", 0);
    l->held = json_read_figure(r, o, "held", 0);
    l->sampled = json_read_truth(r, o, "sampled");
}

static void read_table(const struct json_reader *r, const json_t *o, struct cost_record *c)
{
    struct table_cost *t = memory_append(&c->tables, &c->table_count, sizeof *c->tables);
    t->table = json_read_needed(r, o, "table");
    t->before = json_read_count(r, o, "before", -1);
    t->after = json_read_count(r, o, "after", -1);
    t->rewritten = json_read_truth(r, o, "rewritten");
    t->statement = (size_t)json_read_count(r, o, "statement", 0);
}

static void read_step(const struct json_reader *r, const json_t *o, struct cost_record *c)
{
    struct step_cost *s = memory_append(&c->steps, &c->step_count, sizeof *c->steps);
    s->name = json_read_needed(r, o, "name");
    s->seconds = json_read_figure(r, o, "seconds", 0);
    s->statements = (size_t)json_read_count(r, o, "statements", 0);
    s->counters = counters_of(r, o, "counters");
}

static void read_stall(const struct json_reader *r, const json_t *o, struct cost_record *c)
{
    struct stall_record *s = memory_append(&c->stalls, &c->stall_count, sizeof *c->stalls);
    const json_t *points = json_read_list(r, o, "points");
    s->probe = json_read_needed(r, o, "probe");
    s->writes = json_read_truth(r, o, "writes");
    s->asked = (size_t)json_read_count(r, o, "asked", 0);
    s->failed = (size_t)json_read_count(r, o, "failed", 0);
    s->longest = json_read_figure(r, o, "longest", 0);
    s->p99 = json_read_figure(r, o, "p99", 0);
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *point = json_array_get(points, i);
        *(struct stall_point *)memory_append(&s->points, &s->point_count, sizeof *s->points) =
            (struct stall_point){json_read_figure(r, point, "at", 0),
                                 json_read_figure(r, point, "seconds", 0)};
    }
}

typedef void read_item_fn(const struct json_reader *r, const json_t *o, struct cost_record *c);

static void read_items(const struct json_reader *r, const json_t *object, const char *key,
                       read_item_fn *read, struct cost_record *c)
{
    const json_t *items = json_read_list(r, object, key);
    for (size_t i = 0; i < json_array_size(items); i++)
        read(r, json_array_get(items, i), c);
}

struct cost_record *json_read_cost(const struct json_reader *r, const json_t *object)
{
    if (!object)
        return NULL;
    struct cost_record *c = memory_zeroed(1, sizeof *c);
    c->seconds = json_read_figure(r, object, "seconds", 0);
    c->watched = json_read_figure(r, object, "watched", 0);
    c->missing = json_read_text(r, object, "missing");
    c->totals = counters_of(r, object, "totals");
    read_items(r, object, "statements", read_statement, c);
    read_items(r, object, "locks", read_lock, c);
    read_items(r, object, "tables", read_table, c);
    read_items(r, object, "steps", read_step, c);
    read_items(r, object, "stalls", read_stall, c);
    return c;
}

void json_read_trend(const struct json_reader *r, const json_t *object, struct run_record *run)
{
    struct trend *t = memory_append(&run->trends, &run->trend_count, sizeof *run->trends);
    const json_t *points = json_read_list(r, object, "points");
    t->scenario = json_read_needed(r, object, "scenario");
    t->measure = json_read_needed(r, object, "measure");
    t->unit = json_read_needed(r, object, "unit");
    t->verdict = json_read_needed(r, object, "verdict");
    t->worse = json_read_truth(r, object, "worse");
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *o = json_array_get(points, i);
        struct trend_point *p = memory_append(&t->points, &t->point_count, sizeof *t->points);
        p->started_at = json_read_needed(r, o, "started_at");
        p->label = json_read_text(r, o, "label");
        p->value = json_read_figure(r, o, "value", 0);
        p->change = json_read_truth(r, o, "change");
    }
}
