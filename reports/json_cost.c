#include "reports/json_cost.h"

#include <math.h>

#include "reports/json_part.h"
#include "statistics/cost_fit.h"

/* -1: not known. */
static void put_known(json_t *o, const char *key, int64_t value)
{
    json_put(o, key, value < 0 ? json_null() : json_integer((json_int_t)value));
}

static json_t *counters_object(const struct cost_counters *c)
{
    json_t *o = json_object();
    put_known(o, "wal_bytes", c->wal_bytes);
    put_known(o, "wal_records", c->wal_records);
    put_known(o, "buffers_hit", c->buffers_hit);
    put_known(o, "buffers_read", c->buffers_read);
    put_known(o, "buffers_dirtied", c->buffers_dirtied);
    put_known(o, "temp_bytes", c->temp_bytes);
    return o;
}

static json_t *statement_object(const struct statement_cost *s)
{
    json_t *o = json_object();
    json_put_count(o, "number", s->number);
    json_put_text(o, "sql", s->sql);
    json_put_text(o, "step", s->step);
    json_put_text(o, "tag", s->tag);
    json_put_text(o, "sqlstate", s->sqlstate[0] ? s->sqlstate : NULL);
    json_put(o, "started", json_figure(s->started));
    json_put(o, "seconds", s->seconds < 0 ? json_null() : json_figure(s->seconds));
    json_put(o, "rows", json_integer((json_int_t)s->rows));
    json_put(o, "transaction",
             s->transaction ? json_integer((json_int_t)s->transaction) : json_null());
    json_put(o, "counters", counters_object(&s->counters));
    return o;
}

static json_t *lock_object(const struct lock_cost *l)
{
    json_t *o = json_object();
    json_put_text(o, "object", l->object);
    json_put_text(o, "mode", l->mode);
    json_put(o, "statement", l->statement ? json_integer((json_int_t)l->statement) : json_null());
    json_put(o, "taken", json_figure(l->taken));
    json_put(o, "waited", json_figure(l->waited));
    json_put(o, "held", json_figure(l->held));
    json_put(o, "sampled", json_boolean(l->sampled));
    return o;
}

static json_t *table_object(const struct table_cost *t)
{
    json_t *o = json_object();
    json_put_text(o, "table", t->table);
    put_known(o, "before", t->before);
    put_known(o, "after", t->after);
    json_put(o, "rewritten", json_boolean(t->rewritten));
    json_put(o, "statement", t->statement ? json_integer((json_int_t)t->statement) : json_null());
    return o;
}

static json_t *step_object(const struct step_cost *s)
{
    json_t *o = json_object();
    json_put_text(o, "name", s->name);
    json_put(o, "seconds", json_figure(s->seconds));
    json_put_count(o, "statements", s->statements);
    json_put(o, "counters", counters_object(&s->counters));
    return o;
}

static json_t *stall_object(const struct stall_record *s)
{
    json_t *o = json_object(), *points = json_array();
    for (size_t i = 0; i < s->point_count; i++) {
        json_t *point = json_object();
        json_put(point, "at", json_figure(s->points[i].at));
        json_put(point, "seconds", json_figure(s->points[i].seconds));
        json_add(points, point);
    }
    json_put_text(o, "probe", s->probe);
    json_put(o, "writes", json_boolean(s->writes));
    json_put_count(o, "asked", s->asked);
    json_put_count(o, "failed", s->failed);
    json_put(o, "longest", json_figure(s->longest));
    json_put(o, "p99", json_figure(s->p99));
    json_put(o, "points", points);
    return o;
}

json_t *json_of_cost(const struct cost_record *c)
{
    json_t *o = json_object(), *statements = json_array(), *locks = json_array();
    json_t *tables = json_array(), *steps = json_array(), *stalls = json_array();
    for (size_t i = 0; i < c->statement_count; i++)
        json_add(statements, statement_object(&c->statements[i]));
    for (size_t i = 0; i < c->lock_count; i++)
        json_add(locks, lock_object(&c->locks[i]));
    for (size_t i = 0; i < c->table_count; i++)
        json_add(tables, table_object(&c->tables[i]));
    for (size_t i = 0; i < c->step_count; i++)
        json_add(steps, step_object(&c->steps[i]));
    for (size_t i = 0; i < c->stall_count; i++)
        json_add(stalls, stall_object(&c->stalls[i]));
    json_put(o, "seconds", json_figure(c->seconds));
    json_put(o, "watched", json_figure(c->watched));
    json_put_text(o, "missing", c->missing);
    json_put(o, "totals", counters_object(&c->totals));
    json_put(o, "statements", statements);
    json_put(o, "locks", locks);
    json_put(o, "tables", tables);
    json_put(o, "steps", steps);
    json_put(o, "stalls", stalls);
    return o;
}

static void put_interval(json_t *o, double estimate, double low, double high)
{
    json_put(o, "estimate", json_figure(estimate));
    json_put(o, "low", json_figure(low));
    json_put(o, "high", json_figure(high));
}

/* All digits: a slope is seconds for one row. */
static json_t *coefficient(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *forecast_step_object(const struct forecast_step *s)
{
    json_t *o = json_object();
    json_put_text(o, "name", s->name);
    json_put_text(o, "model", cost_model_name(s->model));
    json_put(o, "constant", coefficient(s->constant));
    json_put(o, "slope", coefficient(s->slope));
    json_put(o, "residual", coefficient(s->residual));
    put_interval(o, s->estimate, s->low, s->high);
    return o;
}

json_t *json_of_forecast(const struct forecast_record *f)
{
    json_t *o = json_object(), *points = json_array(), *steps = json_array();
    for (size_t i = 0; i < f->point_count; i++) {
        json_t *point = json_object();
        json_put(point, "rows", json_figure(f->points[i].rows));
        json_put(point, "seconds", json_figure(f->points[i].seconds));
        json_add(points, point);
    }
    for (size_t i = 0; i < f->step_count; i++)
        json_add(steps, forecast_step_object(&f->steps[i]));
    json_put_text(o, "sentence", f->sentence);
    json_put_text(o, "what", f->what);
    if (f->note)
        json_put_text(o, "note", f->note);
    json_put(o, "rows", json_figure(f->rows));
    put_interval(o, f->estimate, f->low, f->high);
    json_put(o, "limit", f->limit > 0 ? json_figure(f->limit) : json_null());
    json_put(o, "points", points);
    json_put(o, "steps", steps);
    return o;
}

static json_t *trend_object(const struct trend *t)
{
    json_t *o = json_object(), *points = json_array();
    for (size_t i = 0; i < t->point_count; i++) {
        json_t *point = json_object();
        json_put_text(point, "started_at", t->points[i].started_at);
        json_put_text(point, "label", t->points[i].label);
        json_put(point, "value", json_figure(t->points[i].value));
        json_put(point, "change", json_boolean(t->points[i].change));
        json_add(points, point);
    }
    json_put_text(o, "scenario", t->scenario);
    json_put_text(o, "measure", t->measure);
    json_put_text(o, "unit", t->unit);
    json_put_text(o, "verdict", t->verdict);
    json_put(o, "worse", json_boolean(t->worse));
    json_put(o, "points", points);
    return o;
}

json_t *json_of_trends(const struct run_record *r)
{
    json_t *trends = json_array();
    for (size_t i = 0; i < r->trend_count; i++)
        json_add(trends, trend_object(&r->trends[i]));
    return trends;
}
