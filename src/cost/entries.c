#include "cost/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrator/migrator_steps.h"

static void add_statement(struct cost_record *c, const struct ledger_statement *s,
                          const struct watch *w, double started)
{
    struct statement_cost *one =
        memory_append(&c->statements, &c->statement_count, sizeof *c->statements);
    *one = (struct statement_cost){.number = s->number,
                                   .sql = memory_copy_of(s->sql),
                                   .tag = memory_copy_of(s->tag),
                                   .started = s->started - started,
                                   .seconds = s->seconds,
                                   .rows = s->rows,
                                   .counters = counters_unknown};
    memcpy(one->sqlstate, s->sqlstate, sizeof one->sqlstate);
    if (s->number == 0 || s->number > w->statement_count)
        return;
    const struct watched_statement *watched = &w->statements[s->number - 1];
    one->transaction = watched->transaction;
    if (!*s->sqlstate) /* of one that failed nothing is counted */
        one->counters = watched->counters;
}

void entries_add_statements(struct cost_record *c, const struct ledger *l, const struct watch *w,
                            double started)
{
    double first = -1, last = 0;
    for (size_t i = 0; i < l->count; i++) {
        add_statement(c, &l->statements[i], w, started);
        const struct statement_cost *one = &c->statements[c->statement_count - 1];
        double end = one->started + (one->seconds > 0 ? one->seconds : 0);
        first = first < 0 || one->started < first ? one->started : first;
        last = end > last ? end : last;
    }
    c->seconds = l->count ? last - first : 0;
}

/*
 * The last step that was named before the statement's end. By its beginning it would be as right,
 * if a line could not come to us later than a statement that was sent after it; the next step's
 * line cannot come before the end, since the migrator waits for the answer.
 */
static const struct migrator_step *step_of(const struct migrator_steps *steps,
                                           const struct statement_cost *s)
{
    const struct migrator_step *found = NULL;
    double end = s->started + (s->seconds > 0 ? s->seconds : 0);
    for (size_t i = 0; i < steps->count; i++)
        if (steps->items[i].first <= end && (!found || steps->items[i].first >= found->first))
            found = &steps->items[i];
    return found;
}

void entries_add_steps(struct cost_record *c, const char *pattern,
                       const struct migrator_result *result)
{
    struct migrator_steps steps;
    migrator_steps_read(&steps, pattern, result);
    for (size_t i = 0; i < steps.count; i++) {
        struct step_cost *step = memory_append(&c->steps, &c->step_count, sizeof *c->steps);
        step->name = memory_copy_of(steps.items[i].title);
        step->seconds = steps.items[i].seconds;
    }
    for (size_t i = 0; i < c->statement_count; i++) {
        const struct migrator_step *mine = step_of(&steps, &c->statements[i]);
        if (!mine)
            continue;
        struct step_cost *step = &c->steps[mine - steps.items];
        c->statements[i].step = memory_copy_of(mine->title);
        step->statements++;
        counters_add(&step->counters, &c->statements[i].counters);
    }
    migrator_steps_release(&steps);
}

static char *describe(const struct watch *w, const struct lock_entry *l)
{
    if (strcmp(l->type, "relation") == 0)
        return relations_describe(&w->relations, l->relation);
    if (strcmp(l->type, "object") == 0)
        return relations_describe_object(&w->relations, l->class, l->object);
    if (strcmp(l->type, "advisory") == 0)
        return memory_format("advisory lock %u %u", l->class, l->object);
    if (strcmp(l->type, "transactionid") == 0)
        return memory_copy_of("row of another transaction");
    if (!l->relation)
        return memory_copy_of(l->type);
    char *relation = relations_describe(&w->relations, l->relation);
    char *text = memory_format("%s of %s", l->type, relation);
    free(relation);
    return text;
}

/* By the statement that took it, then by its name, so that two records can be read side by side. */
static int compare_locks(const void *a, const void *b)
{
    const struct lock_cost *x = a, *y = b;
    if (x->statement != y->statement)
        return x->statement < y->statement ? -1 : 1;
    int order = strcmp(x->object, y->object);
    return order ? order : strcmp(x->mode, y->mode);
}

void entries_add_locks(struct cost_record *c, const struct watch *w, double started)
{
    const struct lock_ledger *l = &w->locks.ledger;
    for (size_t i = 0; i < l->over_count; i++) {
        const struct lock_entry *e = &l->over[i];
        struct lock_cost *lock = memory_append(&c->locks, &c->lock_count, sizeof *c->locks);
        *lock = (struct lock_cost){
            .object = describe(w, e),
            .mode = memory_copy_of(e->mode),
            .statement = e->statement,
            .taken = e->taken - started,
            .waited = e->waited,
            .held = e->granted && e->released > e->taken ? e->released - e->taken : 0,
            .sampled = e->sampled};
    }
    if (c->lock_count)
        qsort(c->locks, c->lock_count, sizeof *c->locks, compare_locks);
}

static int compare_tables(const void *a, const void *b)
{
    const struct table_cost *x = a, *y = b;
    return strcmp(x->table, y->table);
}

void entries_add_tables(struct cost_record *c, const struct watch *w)
{
    for (size_t i = 0; i < w->relations.count; i++) {
        const struct relation *r = &w->relations.items[i];
        if (!r->is_user || (r->before < 0 && r->after < 0))
            continue;
        struct table_cost *table = memory_append(&c->tables, &c->table_count, sizeof *c->tables);
        *table = (struct table_cost){.table = memory_copy_of(r->name),
                                     .before = r->before,
                                     .after = r->there ? r->after : -1,
                                     .rewritten = r->rewritten,
                                     .statement = r->statement};
    }
    if (c->table_count)
        qsort(c->tables, c->table_count, sizeof *c->tables, compare_tables);
}
