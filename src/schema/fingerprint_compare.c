#include "base/memory.h"
#include "base/text.h"
#include "schema/fingerprint.h"
#include "schema/fingerprint_row.h"

static bool same_columns(const struct fingerprint *a, const struct fingerprint *b)
{
    if (a->column_count != b->column_count)
        return false;
    for (size_t i = 0; i < a->column_count; i++)
        if (strcmp(a->columns[i], b->columns[i]) != 0)
            return false;
    return true;
}

bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
    return a->state == FINGERPRINT_TAKEN && b->state == FINGERPRINT_TAKEN && same_columns(a, b) &&
           a->rows == b->rows && a->sum_low == b->sum_low && a->sum_high == b->sum_high;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_keys(const struct fingerprint_row *a, const struct fingerprint_row *b)
{
    int order = compare_numbers(a->key_high, b->key_high);
    return order ? order : compare_numbers(a->key_low, b->key_low);
}

static int compare_rows(const struct fingerprint_row *a, const struct fingerprint_row *b)
{
    int order = compare_keys(a, b);
    if (!order)
        order = compare_numbers(a->high, b->high);
    return order ? order : compare_numbers(a->low, b->low);
}

static int compare_places(const void *a, const void *b)
{
    return compare_rows(*(const struct fingerprint_row *const *)a,
                        *(const struct fingerprint_row *const *)b);
}

/* Pointers to the rows, in the order of their keys. */
static const struct fingerprint_row **in_order(const struct fingerprint *f)
{
    size_t count = (size_t)f->rows;
    const struct fingerprint_row **rows = memory_zeroed(count, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = &f->kept[i];
    if (count > 1)
        qsort(rows, count, sizeof *rows, compare_places);
    return rows;
}

static void add_sample(struct fingerprint_samples *s, const struct fingerprint *f,
                       const struct fingerprint_row *row)
{
    if (s->count++ >= FINGERPRINT_SAMPLES || f->key_count == 0)
        return;
    struct text text = {0};
    for (size_t i = 0; i < f->key_count; i++)
        text_append_format(&text, "%s%s", i ? ", " : "", f->keys[i]);
    text_append_format(&text, "%s%s", f->key_count > 1 ? " = " : " ",
                       f->key_text + row->key_offset);
    char *line = text_one_line(text_string(&text));
    s->keys[s->count - 1] = line;
    text_release(&text);
}

static void add_changed(struct fingerprint_difference *d, const struct fingerprint *before,
                        const struct fingerprint_row *was, const struct fingerprint *after,
                        const struct fingerprint_row *is)
{
    size_t count = before->column_count;
    const uint64_t *a = before->column_hashes + (size_t)(was - before->kept) * count;
    const uint64_t *b = after->column_hashes + (size_t)(is - after->kept) * count;
    for (size_t i = 0; i < count; i++) {
        d->column_changes[i] += a[i] != b[i];
        d->column_fills[i] += a[i] != b[i] && a[i] == fingerprint_null_hash(i);
    }
    add_sample(&d->changed, before, was);
}

/*
 * The rows of one key on both sides, without those that are the same on both: what is then left on
 * both sides has changed, the rest is lost or added. More than one row a key only where the key is
 * no longer one.
 */
static void compare_group(struct fingerprint_difference *d, const struct fingerprint *before,
                          const struct fingerprint_row **a, size_t an,
                          const struct fingerprint *after, const struct fingerprint_row **b,
                          size_t bn)
{
    size_t i = 0, j = 0, odd_a = 0, odd_b = 0;
    while (i < an || j < bn) {
        int order = i == an ? 1 : j == bn ? -1 : compare_rows(a[i], b[j]);
        if (order < 0) {
            a[odd_a++] = a[i++];
        } else if (order > 0) {
            b[odd_b++] = b[j++];
        } else {
            i++;
            j++;
        }
    }
    size_t both = odd_a < odd_b ? odd_a : odd_b;
    for (size_t k = 0; k < both; k++)
        add_changed(d, before, a[k], after, b[k]);
    for (size_t k = both; k < odd_a; k++)
        add_sample(&d->lost, before, a[k]);
    for (size_t k = both; k < odd_b; k++)
        add_sample(&d->added, after, b[k]);
}

static size_t same_key(const struct fingerprint_row **rows, size_t from, size_t count,
                       const struct fingerprint_row *key)
{
    size_t i = from;
    while (i < count && compare_keys(rows[i], key) == 0)
        i++;
    return i - from;
}

static void compare_details(struct fingerprint_difference *d, const struct fingerprint *before,
                            const struct fingerprint *after)
{
    const struct fingerprint_row **a = in_order(before), **b = in_order(after);
    size_t an = (size_t)before->rows, bn = (size_t)after->rows;
    for (size_t i = 0, j = 0; i < an || j < bn;) {
        bool from_a = j == bn || (i < an && compare_keys(a[i], b[j]) <= 0);
        const struct fingerprint_row *key = from_a ? a[i] : b[j];
        size_t in_a = same_key(a, i, an, key), in_b = same_key(b, j, bn, key);
        compare_group(d, before, a + i, in_a, after, b + j, in_b);
        i += in_a;
        j += in_b;
    }
    free(a);
    free(b);
}

void fingerprint_compare(const struct fingerprint *before, const struct fingerprint *after,
                         struct fingerprint_difference *d)
{
    *d = (struct fingerprint_difference){0};
    d->column_changes = memory_zeroed(before->column_count, sizeof *d->column_changes);
    d->column_fills = memory_zeroed(before->column_count, sizeof *d->column_fills);
    d->differs = !fingerprint_equal(before, after);
    d->detailed = before->state == FINGERPRINT_TAKEN && after->state == FINGERPRINT_TAKEN &&
                  same_columns(before, after) && before->detailed && after->detailed;
    if (!d->differs || before->state != FINGERPRINT_TAKEN || after->state != FINGERPRINT_TAKEN ||
        !same_columns(before, after))
        return;
    if (d->detailed) {
        compare_details(d, before, after);
        return;
    }
    if (before->rows > after->rows)
        d->lost.count = before->rows - after->rows;
    else
        d->added.count = after->rows - before->rows;
    for (size_t i = 0; i < before->column_count; i++)
        d->column_changes[i] = before->column_sums[i] != after->column_sums[i];
}

char *fingerprint_samples_text(const struct fingerprint_samples *s)
{
    struct text t = {0};
    for (size_t i = 0; i < FINGERPRINT_SAMPLES && s->keys[i]; i++)
        text_append_format(&t, "%s%s", i ? ", " : "", s->keys[i]);
    if (s->keys[0] && s->count > FINGERPRINT_SAMPLES)
        text_append(&t, ", …");
    return s->keys[0] ? text_detach(&t) : NULL;
}

static void tell_samples(struct text *t, const struct fingerprint_samples *s)
{
    char *samples = fingerprint_samples_text(s);
    if (samples)
        text_append_format(t, " (%s)", samples);
    free(samples);
}

static void tell_columns(struct text *t, const struct fingerprint *f,
                         const struct fingerprint_difference *d)
{
    const char *separator = " in ";
    for (size_t i = 0; i < f->column_count; i++) {
        if (!d->column_changes[i])
            continue;
        text_append_format(t, "%s%s", separator, f->columns[i]);
        if (d->detailed && d->column_changes[i] != d->changed.count)
            text_append_format(t, " (%ju)", (uintmax_t)d->column_changes[i]);
        separator = ", ";
    }
}

/* "1 row lost", and after the first "2 changed" */
static void tell_count(struct text *t, const char **separator, const struct fingerprint_samples *s,
                       const char *what)
{
    bool first = **separator == ':';
    text_append_format(t, "%s%ju%s %s", *separator, (uintmax_t)s->count,
                       !first          ? ""
                       : s->count == 1 ? " row"
                                       : " rows",
                       what);
    *separator = ", ";
}

char *fingerprint_difference_text(const struct fingerprint *before, const struct fingerprint *after,
                                  const struct fingerprint_difference *d)
{
    const struct fingerprint *odd = before->state != FINGERPRINT_TAKEN ? before : after;
    if (odd->state == FINGERPRINT_TABLE_GONE)
        return memory_format("table %s is gone", odd->table);
    if (odd->state == FINGERPRINT_COLUMN_GONE)
        return memory_format("column %s.%s is gone", odd->table, odd->gone);
    if (!d->differs)
        return memory_format("%s: %ju row%s, unchanged", before->table, (uintmax_t)before->rows,
                             before->rows == 1 ? "" : "s");
    if (!same_columns(before, after))
        return memory_format("%s: different columns were read", before->table);
    struct text t = {0};
    text_append(&t, before->table);
    const char *separator = ": ";
    if (d->lost.count) {
        tell_count(&t, &separator, &d->lost, "lost");
        tell_samples(&t, &d->lost);
    }
    if (d->added.count) {
        tell_count(&t, &separator, &d->added, "added");
        tell_samples(&t, &d->added);
    }
    if (d->changed.count) {
        tell_count(&t, &separator, &d->changed, "changed");
        tell_columns(&t, before, d);
        tell_samples(&t, &d->changed);
    }
    if (!d->detailed) {
        text_append_format(&t, "%scontents differ", separator);
        if (before->rows == after->rows)
            tell_columns(&t, before, d);
        text_append(&t, " (the table is too large to list the rows)");
    }
    return text_detach(&t);
}

static void release_samples(struct fingerprint_samples *s)
{
    for (size_t i = 0; i < FINGERPRINT_SAMPLES; i++)
        free(s->keys[i]);
}

void fingerprint_difference_release(struct fingerprint_difference *d)
{
    release_samples(&d->lost);
    release_samples(&d->added);
    release_samples(&d->changed);
    free(d->column_changes);
    free(d->column_fills);
    *d = (struct fingerprint_difference){0};
}
