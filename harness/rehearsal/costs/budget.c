#include "rehearsal/costs/budget.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "record/measure_table.h"
#include "suite/suite_budget.h"

enum { SHORT_SQL = 60 };

bool budget_means(const char *shown, const char *table)
{
    if (strcmp(shown, table) == 0)
        return true;
    size_t length = strlen(shown), wanted = strlen(table);
    bool quoted = length && shown[length - 1] == '"' && table[0] != '"';
    if (quoted)
        length--;
    if (length < wanted + 1 + quoted || strncmp(shown + length - wanted, table, wanted) != 0)
        return false;
    const char *before = shown + length - wanted - 1;
    return quoted ? *before == '"' && before > shown && before[-1] == '.' : *before == '.';
}

static const struct statement_cost *statement(const struct cost_record *c, size_t number)
{
    for (size_t i = 0; i < c->statement_count; i++)
        if (c->statements[i].number == number)
            return &c->statements[i];
    return NULL;
}

/* "statement 4 (LOCK TABLE …)" */
static char *describe(const struct statement_cost *s)
{
    char *line = text_one_line(s->sql);
    bool cut = strlen(line) > SHORT_SQL;
    size_t length = cut ? SHORT_SQL : strlen(line);
    while (cut && length > 0 && ((unsigned char)line[length] & 0xC0) == 0x80)
        length--;
    char *text =
        memory_format("statement %zu (%.*s%s)", s->number, (int)length, line, cut ? "…" : "");
    free(line);
    return text;
}

static void unknown(struct budget_verdict *v, const struct cost_record *c)
{
    v->outcome = BUDGET_UNKNOWN;
    v->message = memory_format("the figure is unknown: %s",
                               c->missing ? c->missing : "it is not in the ledger");
}

/* `doing` is what the statement, or the upgrade if there is none, does, before the figure. */
static void over(struct budget_verdict *v, const struct statement_cost *s, const char *doing,
                 const char *limit)
{
    char *who = s ? describe(s) : memory_copy_of("the upgrade");
    v->outcome = BUDGET_OVER;
    v->statement = s;
    v->message = memory_format("%s %s, over the budget of %s", who, doing, limit);
    free(who);
}

static bool counts(const struct suite_budget *b, const struct lock_cost *l)
{
    const char *table = strchr(l->object, ' ');
    return suite_lock_strength(l->mode) >= suite_lock_strength(b->lock) &&
           strncmp(l->object, "table ", strlen("table ")) == 0 &&
           (!b->table || budget_means(table + 1, b->table));
}

static void judge_lock(const struct suite_budget *b, const struct cost_record *c,
                       struct budget_verdict *v)
{
    const struct lock_cost *longest = NULL;
    for (size_t i = 0; i < c->lock_count; i++)
        if (counts(b, &c->locks[i]) && (!longest || c->locks[i].held > longest->held))
            longest = &c->locks[i];
    if (!c->lock_count) { /* every upgrade takes some */
        unknown(v, c);
        return;
    }
    double held = longest ? longest->held : 0;
    v->found = memory_format("%.3f s", held);
    if (held <= *b->seconds)
        return;
    char *doing = memory_format("takes %s on %s, which is held for %.3f s", longest->mode,
                                longest->object, held);
    char *limit = memory_format("%g s", *b->seconds);
    over(v, statement(c, longest->statement), doing, limit);
    free(limit);
    free(doing);
}

static void judge_probe(const struct suite_budget *b, const struct cost_record *c,
                        struct budget_verdict *v)
{
    const struct stall_record *s = NULL;
    for (size_t i = 0; i < c->stall_count && !s; i++)
        if (strcmp(c->stalls[i].probe, b->probe) == 0)
            s = &c->stalls[i];
    if (!s || s->asked == s->failed) {
        unknown(v, c);
        return;
    }
    v->found = memory_format("%.3f s", s->longest);
    if (s->longest <= *b->seconds)
        return;
    char *doing = memory_format("keeps probe %s waiting for %.3f s", s->probe, s->longest);
    char *limit = memory_format("%g s", *b->seconds);
    over(v, NULL, doing, limit);
    free(limit);
    free(doing);
}

static void judge_rewrites(const struct suite_budget *b, const struct cost_record *c,
                           struct budget_verdict *v)
{
    struct text tables = {0};
    const struct table_cost *first = NULL;
    uint64_t rewrites = 0;
    bool known = false;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct table_cost *t = &c->tables[i];
        if (b->table && !budget_means(t->table, b->table))
            continue;
        known = true;
        if (!t->rewritten)
            continue;
        rewrites++;
        first = first ? first : t;
        text_append_format(&tables, "%s%s", tables.length ? ", " : "", t->table);
    }
    if (!known && c->missing && !c->table_count)
        unknown(v, c);
    else
        v->found =
            memory_format("%" PRIu64 "%s%s", rewrites, rewrites ? ": " : "", text_string(&tables));
    if (rewrites > *b->rewrites) {
        char *doing = memory_format("rewrites %s", text_string(&tables));
        char *limit = memory_format("%" PRIu64 " rewritten tables", *b->rewrites);
        over(v, statement(c, first->statement), doing, limit);
        free(limit);
        free(doing);
    }
    text_release(&tables);
}

/* The statement that has the most of a counter, at `offset` in its counters. */
static const struct statement_cost *heaviest(const struct cost_record *c, size_t offset)
{
    const struct statement_cost *found = NULL;
    int64_t most = 0;
    for (size_t i = 0; i < c->statement_count; i++) {
        const char *counters = (const char *)&c->statements[i].counters;
        int64_t value;
        memcpy(&value, counters + offset, sizeof value);
        if (value > most) {
            most = value;
            found = &c->statements[i];
        }
    }
    return found;
}

static void judge_counter(uint64_t limit, int64_t value, size_t offset, const char *what,
                          const struct cost_record *c, struct budget_verdict *v)
{
    if (value < 0) {
        unknown(v, c);
        return;
    }
    v->found = memory_format("%" PRId64 " bytes", value);
    if ((uint64_t)value <= limit)
        return;
    const struct statement_cost *s = heaviest(c, offset);
    char *most = s ? describe(s) : NULL;
    char *doing = memory_format("writes %" PRId64 " bytes of %s%s%s", value, what,
                                most ? ", most of them by " : "", most ? most : "");
    char *shown = memory_format("%" PRIu64 " bytes", limit);
    over(v, NULL, doing, shown);
    v->statement = s;
    free(shown);
    free(doing);
    free(most);
}

static void judge_time(const struct suite_budget *b, const struct cost_record *c,
                       struct budget_verdict *v)
{
    v->found = memory_format("%.3f s", c->seconds);
    if (c->seconds <= *b->seconds)
        return;
    const struct statement_cost *longest = NULL;
    for (size_t i = 0; i < c->statement_count; i++)
        if (!longest || c->statements[i].seconds > longest->seconds)
            longest = &c->statements[i];
    char *most = longest ? describe(longest) : NULL;
    char *doing = memory_format("takes %.3f s%s%s", c->seconds, most ? ", longest in " : "",
                                most ? most : "");
    char *limit = memory_format("%g s", *b->seconds);
    over(v, NULL, doing, limit);
    v->statement = longest;
    free(limit);
    free(doing);
    free(most);
}

struct budget_verdict budget_judge(const struct suite_budget *b, const struct cost_record *c)
{
    struct budget_verdict v = {.outcome = BUDGET_KEPT};
    if (b->lock)
        judge_lock(b, c, &v);
    else if (b->probe)
        judge_probe(b, c, &v);
    else if (b->seconds)
        judge_time(b, c, &v);
    else if (b->rewrites)
        judge_rewrites(b, c, &v);
    else if (b->wal_bytes)
        judge_counter(*b->wal_bytes, c->totals.wal_bytes, offsetof(struct cost_counters, wal_bytes),
                      measure_name(MEASURE_WAL), c, &v);
    else
        judge_counter(*b->temp_bytes, c->totals.temp_bytes,
                      offsetof(struct cost_counters, temp_bytes),
                      measure_name(MEASURE_TEMPORARY_FILES), c, &v);
    return v;
}

void budget_verdict_release(struct budget_verdict *v)
{
    free(v->message);
    free(v->found);
    *v = (struct budget_verdict){0};
}
