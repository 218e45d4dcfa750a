#include "record/cost_record.h"

#include <stdlib.h>

static void release_ledger(struct cost_record *c)
{
    for (size_t i = 0; i < c->statement_count; i++) {
        free(c->statements[i].sql);
        free(c->statements[i].step);
        free(c->statements[i].tag);
    }
    for (size_t i = 0; i < c->lock_count; i++) {
        free(c->locks[i].object);
        free(c->locks[i].mode);
    }
    for (size_t i = 0; i < c->table_count; i++)
        free(c->tables[i].table);
    for (size_t i = 0; i < c->step_count; i++)
        free(c->steps[i].name);
    free(c->statements);
    free(c->locks);
    free(c->tables);
    free(c->steps);
}

void cost_record_free(struct cost_record *c)
{
    if (!c)
        return;
    release_ledger(c);
    for (size_t i = 0; i < c->stall_count; i++) {
        free(c->stalls[i].probe);
        free(c->stalls[i].points);
    }
    free(c->stalls);
    free(c->missing);
    free(c);
}

void forecast_record_free(struct forecast_record *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->step_count; i++)
        free(f->steps[i].name);
    free(f->steps);
    free(f->points);
    free(f->what);
    free(f->note);
    free(f->sentence);
    free(f);
}

void trend_release(struct trend *t)
{
    for (size_t i = 0; i < t->point_count; i++) {
        free(t->points[i].started_at);
        free(t->points[i].label);
    }
    free(t->points);
    free(t->scenario);
    free(t->measure);
    free(t->unit);
    free(t->verdict);
    *t = (struct trend){0};
}
