#include "schema/table_reading.h"

#include "base/memory.h"
#include "schema/value_forms.h"

enum { SHOWN_COLUMNS = 3 }; /* of a row without a key */

/* The terms of one side. */
struct terms {
    struct fingerprint_term *columns, *keys;
    size_t column_count, key_count;
};

/* A table on both sides, and how its columns are compared. */
struct pair {
    struct connection *before, *after;
    const struct data_table *then, *now;
    const char *zone;
    struct terms was, is;
    bool has_key;
};

static void add_term(struct fingerprint_term **terms, size_t *count, const char *name,
                     char *expression)
{
    struct fingerprint_term *term = memory_append(terms, count, sizeof *term);
    *term = (struct fingerprint_term){memory_copy_of(name), expression};
}

static void free_terms(struct fingerprint_term *terms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(terms[i].name);
        free(terms[i].expression);
    }
    free(terms);
}

static void add_key(struct pair *p, const struct data_column *column, const struct data_column *now)
{
    add_term(&p->was.keys, &p->was.key_count, column->name, memory_format("t.%s", column->name));
    add_term(&p->is.keys, &p->is.key_count, column->name, memory_format("t.%s", now->name));
}

/* The primary key in its order, if all of it is still there. */
static bool add_primary_key(struct pair *p)
{
    for (int place = 1;; place++) {
        const struct data_column *column = NULL;
        for (size_t i = 0; i < p->then->column_count && !column; i++)
            if (p->then->columns[i].key == place)
                column = &p->then->columns[i];
        if (!column)
            return place > 1;
        const struct data_column *now = data_column_now(p->then, column, p->now);
        if (!now)
            return false;
        add_key(p, column, now);
    }
}

static void forget_keys(struct pair *p)
{
    free_terms(p->was.keys, p->was.key_count);
    free_terms(p->is.keys, p->is.key_count);
    p->was.keys = p->is.keys = NULL;
    p->was.key_count = p->is.key_count = 0;
}

/* Without a key, a few short columns show which row is meant. */
static void choose_keys(struct pair *p)
{
    p->has_key = add_primary_key(p);
    if (p->has_key)
        return;
    forget_keys(p);
    for (size_t i = 0; i < p->then->column_count && p->was.key_count < SHOWN_COLUMNS; i++) {
        const struct data_column *now = data_column_now(p->then, &p->then->columns[i], p->now);
        if (p->then->columns[i].is_short && now)
            add_key(p, &p->then->columns[i], now);
    }
}

static bool take_side(struct connection *c, const struct data_table *table, const char *name,
                      const struct terms *terms, bool has_key, struct fingerprint *f,
                      struct error *e)
{
    char *from = memory_format("%s%s", table->partitioned ? "" : "ONLY ", table->name);
    struct fingerprint_terms all = {.name = name,
                                    .from = from,
                                    .columns = terms->columns,
                                    .column_count = terms->column_count,
                                    .keys = terms->keys,
                                    .key_count = terms->key_count,
                                    .has_key = has_key};
    bool good = fingerprint_take_terms(c, &all, f, e);
    free(from);
    return good;
}

static bool take_both(const struct pair *p, const struct terms *was, const struct terms *is,
                      struct table_reading *reading, struct error *e)
{
    *reading = (struct table_reading){0};
    if (!take_side(p->before, p->then, p->then->name, was, p->has_key, &reading->before, e) ||
        !take_side(p->after, p->now, p->then->name, is, p->has_key, &reading->after, e))
        return false;
    fingerprint_compare(&reading->before, &reading->after, &reading->difference);
    return true;
}

uint64_t table_reading_cost(const struct table_reading *reading)
{
    const struct fingerprint_difference *d = &reading->difference;
    uint64_t rows = d->lost.count + d->added.count + d->changed.count;
    return rows ? rows : d->differs;
}

/* Reads these columns; false also where the server refuses an expression. */
static bool try_both(const struct pair *p, const struct terms *was, const struct terms *is,
                     struct table_reading *reading, struct error *e)
{
    struct error refusal = {0};
    if (take_both(p, was, is, reading, &refusal))
        return true;
    if (!refusal.sqlstate[0] || error_is_of_server(&refusal))
        error_take(e, &refusal);
    return false;
}

/* How many rows differ in this form of one column; UINT64_MAX: the server refuses it. */
static uint64_t cost_of(const struct pair *p, const struct data_column *column,
                        const struct value_form *form, struct error *e)
{
    struct fingerprint_term one = {column->name, form->before}, other = {column->name, form->after};
    struct terms was = p->was, is = p->is;
    was.columns = &one;
    is.columns = &other;
    was.column_count = is.column_count = 1;
    struct table_reading reading;
    bool taken = try_both(p, &was, &is, &reading, e);
    uint64_t cost = taken ? table_reading_cost(&reading) : UINT64_MAX;
    table_reading_release(&reading);
    return cost;
}

static bool choose_form(struct pair *p, const struct data_column *column,
                        const struct data_column *now, struct error *e)
{
    struct value_forms forms;
    value_forms_of(column, now, p->zone, &forms);
    size_t best = 0;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; forms.count > 1 && i < forms.count && least && e->kind == ERROR_NONE; i++) {
        uint64_t cost = cost_of(p, column, &forms.items[i], e);
        if (cost < least) {
            least = cost;
            best = i;
        }
    }
    add_term(&p->was.columns, &p->was.column_count, column->name,
             memory_copy_of(forms.items[best].before));
    add_term(&p->is.columns, &p->is.column_count, column->name,
             memory_copy_of(forms.items[best].after));
    value_forms_release(&forms);
    return e->kind == ERROR_NONE;
}

/* Every column that is on both sides. */
static bool choose_forms(struct pair *p, struct error *e)
{
    bool good = true;
    for (size_t i = 0; good && i < p->then->column_count; i++) {
        const struct data_column *column = data_column_now(p->then, &p->then->columns[i], p->now);
        if (column)
            good = choose_form(p, &p->then->columns[i], column, e);
    }
    return good;
}

static void forget_terms(struct pair *p)
{
    free_terms(p->was.columns, p->was.column_count);
    free_terms(p->is.columns, p->is.column_count);
    forget_keys(p);
}

bool table_read_both(struct connection *before, const struct data_table *then,
                     struct connection *after, const struct data_table *now, const char *zone,
                     struct table_reading *reading, struct error *e)
{
    struct pair p = {.before = before, .after = after, .then = then, .now = now, .zone = zone};
    *reading = (struct table_reading){0};
    choose_keys(&p);
    bool good = choose_forms(&p, e) && take_both(&p, &p.was, &p.is, reading, e);
    forget_terms(&p);
    return good;
}

/* Rows that are gone or new, and values that were NULL, do not count. */
static bool keeps_last(const struct pair *p, const struct table_reading *reading, size_t last)
{
    const struct fingerprint_difference *d = &reading->difference;
    if (!d->differs)
        return true;
    return p->has_key && d->detailed && d->column_changes[last] == d->column_fills[last];
}

static void drop_last(struct terms *terms)
{
    struct fingerprint_term *last = &terms->columns[--terms->column_count];
    free(last->name);
    free(last->expression);
}

/* Without a key the other columns say which row it is. */
static bool finds_in_form(struct pair *p, const struct data_column *column,
                          const struct value_form *form, struct error *e)
{
    struct table_reading reading;
    size_t last = p->was.column_count;
    add_term(&p->was.columns, &p->was.column_count, column->name, memory_copy_of(form->before));
    add_term(&p->is.columns, &p->is.column_count, column->name, memory_copy_of(form->after));
    bool found = try_both(p, &p->was, &p->is, &reading, e) && keeps_last(p, &reading, last);
    table_reading_release(&reading);
    drop_last(&p->was);
    drop_last(&p->is);
    return found;
}

bool table_reading_finds(struct connection *before, const struct data_table *then,
                         const struct data_column *column, struct connection *after,
                         const struct data_table *now, const struct data_column *value,
                         const char *zone, bool *found, struct error *e)
{
    struct pair p = {.before = before, .after = after, .then = then, .now = now, .zone = zone};
    struct value_forms forms;
    *found = false;
    choose_keys(&p);
    bool good = p.has_key || choose_forms(&p, e);
    value_forms_of(column, value, zone, &forms);
    for (size_t i = 0; good && i < forms.count && !*found && e->kind == ERROR_NONE; i++)
        *found = finds_in_form(&p, column, &forms.items[i], e);
    value_forms_release(&forms);
    forget_terms(&p);
    return e->kind == ERROR_NONE;
}

void table_reading_release(struct table_reading *reading)
{
    fingerprint_release(&reading->before);
    fingerprint_release(&reading->after);
    fingerprint_difference_release(&reading->difference);
    *reading = (struct table_reading){0};
}
