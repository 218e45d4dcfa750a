#include "schema/delta.h"

#include "base/memory.h"
#include "schema/fact.h"

/* While a delta is computed: its lines taken apart, and who uses what they tell of. */
struct work {
    struct delta *delta;
    struct fact *facts;
    const char **users;
    bool *fallen; /* '-' lines of relations that have gone, and of what falls with them */
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

static bool can_use(const struct fact *f)
{
    return fact_is_relation(f) || fact_has_kind(f, "type") || fact_has_kind(f, "domain") ||
           fact_has_kind(f, "function") || fact_has_kind(f, "procedure");
}

/* Whether `name` is that of a dropped relation, or of what falls with one. */
static bool has_fallen(const struct work *w, const char *name, size_t length)
{
    for (size_t i = 0; i < w->delta->count; i++)
        if (w->fallen[i] && w->facts[i].name_length == length && can_use(&w->facts[i]) &&
            memcmp(w->facts[i].name, name, length) == 0)
            return true;
    return false;
}

/* Whether there are users and all of them have fallen. */
static bool all_fallen(const struct work *w, const char *users)
{
    if (!users || !*users)
        return false;
    for (const char *p = users; *p;) {
        size_t length = strcspn(p, "\n");
        if (!has_fallen(w, p, length))
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

/* One more round for what is used only by what fell in the rounds before; false if there is none.
 */
static bool fold_unused(struct work *w)
{
    bool found = false;
    for (size_t i = 0; i < w->delta->count; i++) {
        struct delta_line *line = &w->delta->lines[i];
        if (line->folded || !all_fallen(w, w->users[i]) || !has_gone(w, i))
            continue;
        fold_what_belongs_to(w, i);
        line->folded = w->fallen[i] = found = true;
    }
    return found;
}

static void fold(struct work *w)
{
    size_t count = w->delta->count;
    w->fallen = memory_zeroed(count, sizeof *w->fallen);
    for (size_t i = 0; i < count; i++)
        w->fallen[i] =
            w->delta->lines[i].sign == '-' && fact_is_relation(&w->facts[i]) && has_gone(w, i);
    for (size_t i = 0; i < count; i++) {
        if (!w->fallen[i])
            continue;
        fold_what_belongs_to(w, i);
        const struct fact *f = &w->facts[i];
        w->delta->lines[i].text[(size_t)(f->name - w->delta->lines[i].full) + f->name_length] =
            '\0';
    }
    while (fold_unused(w))
        ;
    free(w->fallen);
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
