#include "reports/cost_sentence.h"

#include "base/valid_text.h"
#include "record/lock_level.h"
#include "reports/figure.h"

static void append_line(struct text *t, const char *string)
{
    char *valid = valid_line(string);
    text_append(t, valid);
    free(valid);
}

const struct stall_record *cost_longest_stall(const struct cost_record *c)
{
    const struct stall_record *longest = NULL;
    for (size_t i = 0; i < c->stall_count; i++)
        if (c->stalls[i].asked && (!longest || c->stalls[i].longest > longest->longest))
            longest = &c->stalls[i];
    return longest;
}

void cost_append_sentence(struct text *t, const struct cost_record *c)
{
    const struct lock_cost *lock = lock_heaviest(c);
    const struct stall_record *stall = cost_longest_stall(c);
    figure_append_count(t, c->statement_count, "statement");
    text_append(t, " in ");
    figure_append_duration(t, c->seconds);
    if (c->totals.wal_bytes >= 0) {
        text_append(t, ", ");
        figure_append(t, (double)c->totals.wal_bytes, "bytes");
        text_append(t, " of WAL");
    }
    if (lock) {
        text_append(t, ", ");
        append_line(t, lock->mode);
        text_append(t, " on ");
        append_line(t, lock->object);
        text_append(t, " for ");
        figure_append_duration(t, lock->held);
    }
    if (stall) {
        text_append(t, "; longest stall ");
        figure_append_duration(t, stall->longest);
        text_append(t, " (");
        append_line(t, stall->probe);
        text_append(t, ")");
    }
}

void forecast_append_sentence(struct text *t, const struct forecast_record *f)
{
    append_line(t, f->sentence);
}

static size_t count_worse(const struct run_record *r, const struct trend **first)
{
    size_t count = 0;
    for (size_t i = r->trend_count; i-- > 0;)
        if (r->trends[i].worse) {
            *first = &r->trends[i];
            count++;
        }
    return count;
}

bool trends_are_worse(const struct run_record *r)
{
    const struct trend *first = NULL;
    return count_worse(r, &first) > 0;
}

void trends_append_sentence(struct text *t, const struct run_record *r)
{
    const struct trend *first = NULL;
    size_t worse = count_worse(r, &first);
    figure_append_count(t, r->trend_count, "measure");
    text_append(t, " compared with earlier runs, ");
    if (!first) {
        text_append(t, "none of them worse");
        return;
    }
    text_append_format(t, "%zu of them worse: ", worse);
    append_line(t, first->measure);
    text_append(t, " of ");
    append_line(t, first->scenario);
    text_append(t, ", ");
    append_line(t, first->verdict);
}
