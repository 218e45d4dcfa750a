#include "delta.h"

#include "fact.h"
#include "memory.h"

/* While a delta is computed: its lines taken apart, and who uses what they tell of. */
struct work {
    struct delta *delta;
    struct fact *facts;
    const char **users;
    bool *dropped; /* '-' lines of objects that have gone */
};

static void add(struct work *w, char sign, const char *line, const char *users)
{
    size_t count = w->delta->count, facts = count, user_count = count;
    struct delta_line *added = memory_append(&w->delta->lines, &w->delta->count, sizeof *added);
    added->sign = sign;
    added->full = memory_copy_of(line);
    added->text = memory_copy_of(line);
    struct fact *fact = memory_append(&w->facts, &facts, sizeof *fact);
    if (!fact_parse(fact, added->full))
        *fact = (struct fact){.kind = "", .name = "", .attributes = ""};
    const char **user = memory_append(&w->users, &user_count, sizeof *user);
    *user = users;
}

static const char *users_of(const struct snapshot *s, size_t i)
{
    return s->users ? s->users[i] : NULL;
}

static void merge(struct work *w, const struct snapshot *before, const struct snapshot *after)
{
    size_t i = 0, j = 0;
    while (i < before->count || j < after->count) {
        int order = i == before->count  ? 1
                    : j == after->count ? -1
                                        : strcmp(before->lines[i], after->lines[j]);
        if (order < 0) {
            add(w, '-', before->lines[i], users_of(before, i));
            i++;
        } else if (order > 0) {
            add(w, '+', after->lines[j], NULL);
            j++;
        } else {
            i++;
            j++;
        }
    }
}

/* Whether line `i`, a '-', has no '+' that tells of the same object (of any kind of relation). */
static bool has_gone(const struct work *w, size_t i)
{
    const struct fact *f = &w->facts[i];
    for (size_t k = 0; k < w->delta->count; k++) {
        const struct fact *g = &w->facts[k];
        if (w->delta->lines[k].sign != '+')
            continue;
        bool same_name =
            f->name_length == g->name_length && memcmp(f->name, g->name, f->name_length) == 0;
        if (fact_same_subject(f, g) || (same_name && fact_is_relation(f) && fact_is_relation(g)))
            return false;
    }
    return true;
}

/* Whether `name` is that of a dropped relation. */
static bool is_dropped(const struct work *w, const char *name, size_t length)
{
    for (size_t i = 0; i < w->delta->count; i++)
        if (w->dropped[i] && w->facts[i].name_length == length &&
            memcmp(w->facts[i].name, name, length) == 0)
            return true;
    return false;
}

/* Whether there are users and all of them are dropped relations. */
static bool all_dropped(const struct work *w, const char *users)
{
    if (!users || !*users)
        return false;
    for (const char *p = users; *p;) {
        size_t length = strcspn(p, "\n");
        if (!is_dropped(w, p, length))
            return false;
        p += length + (p[length] == '\n');
    }
    return true;
}

static void fold_what_belongs_to(struct work *w, size_t object)
{
    for (size_t i = 0; i < w->delta->count; i++)
        if (i != object && w->delta->lines[i].sign == '-' &&
            fact_belongs_to(&w->facts[i], &w->facts[object]))
            w->delta->lines[i].folded = true;
}

static void fold(struct work *w)
{
    size_t count = w->delta->count;
    w->dropped = memory_zeroed(count, sizeof *w->dropped);
    for (size_t i = 0; i < count; i++)
        w->dropped[i] =
            w->delta->lines[i].sign == '-' && fact_is_relation(&w->facts[i]) && has_gone(w, i);
    for (size_t i = 0; i < count; i++) {
        struct delta_line *line = &w->delta->lines[i];
        if (w->dropped[i]) {
            fold_what_belongs_to(w, i);
            const struct fact *f = &w->facts[i];
            line->text[(size_t)(f->name - line->full) + f->name_length] = '\0';
        } else if (line->sign == '-' && all_dropped(w, w->users[i]) && has_gone(w, i)) {
            fold_what_belongs_to(w, i);
            line->folded = true;
        }
    }
    free(w->dropped);
}

void delta_compute(const struct snapshot *before, const struct snapshot *after, struct delta *d)
{
    *d = (struct delta){0};
    struct work w = {.delta = d};
    merge(&w, before, after);
    fold(&w);
    free(w.facts);
    free(w.users);
}

size_t delta_count_shown(const struct delta *d)
{
    size_t shown = 0;
    for (size_t i = 0; i < d->count; i++)
        shown += !d->lines[i].folded;
    return shown;
}

void delta_render(const struct delta *d, struct text *out)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct delta_line *line = &d->lines[i];
        if (line->folded)
            continue;
        text_append_format(out, "%c ", line->sign);
        for (const char *p = line->text; *p; p++) {
            if (*p == '*')
                text_append(out, "\\");
            text_append_bytes(out, p, 1);
        }
        text_append(out, "\n");
    }
}

void delta_release(struct delta *d)
{
    for (size_t i = 0; i < d->count; i++) {
        free(d->lines[i].text);
        free(d->lines[i].full);
    }
    free(d->lines);
    *d = (struct delta){0};
}
