#include "base/memory.h"
#include "schema/delta.h"
#include "schema/fact.h"

static const size_t excerpt_limit = 200; /* bytes of a fact shown within a message */

/*
 * Whether the pattern fits the whole text. `*` is any text, `\*` a star; any other character
 * after a backslash belongs to it, as in the facts themselves.
 */
static bool fits(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;
    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
            continue;
        }
        if (!*pattern && !*text)
            return true;
        bool literal_star = pattern[0] == '\\' && pattern[1] == '*';
        size_t step = pattern[0] == '\\' && pattern[1] == '\\' ? 2 : 1;
        if (literal_star && *text == '*') {
            pattern += 2;
            text++;
        } else if (!literal_star && *pattern && strncmp(pattern, text, step) == 0) {
            pattern += step;
            text += step;
        } else if (star && *retry) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
}

/* A line that one side has and the other does not. */
struct odd {
    char sign;
    const char *text; /* the fact, or the pattern */
    struct fact fact;
    bool settled; /* told of already */
};

struct delta_comparison {
    struct odd *found, *approved;
    size_t found_count, approved_count;
    struct delta_differences *out;
};

static void note(struct delta_comparison *c, enum delta_difference_kind kind, char *message,
                 const char *expected, const char *found)
{
    struct delta_difference *d = memory_append(&c->out->items, &c->out->count, sizeof *d);
    d->kind = kind;
    d->message = message;
    d->expected = memory_copy_of(expected);
    d->found = memory_copy_of(found);
}

/* The part of `s` from byte `start` that a message has room for; the caller frees it. */
static char *excerpt(const char *s, size_t start)
{
    size_t length = strlen(s), end = length;
    while (start > 0 && ((unsigned char)s[start] & 0xC0) == 0x80)
        start--;
    if (end - start > excerpt_limit)
        end = start + excerpt_limit;
    while (end < length && ((unsigned char)s[end] & 0xC0) == 0x80)
        end--;
    return memory_format("%s%.*s%s", start ? "…" : "", (int)(end - start), s + start,
                         end < length ? "…" : "");
}

/* `KIND NAME: was "…", is "…"`, long ones from shortly before where they part. */
static char *contrast(const char *prefix, const struct fact *f, const char *was_word,
                      const char *was, const char *is)
{
    size_t start = 0, common = 0;
    while (was[common] && was[common] == is[common])
        common++;
    if ((strlen(was) > excerpt_limit || strlen(is) > excerpt_limit) && common > 40)
        start = common - 40;
    char *a = excerpt(was, start), *b = excerpt(is, start);
    char *message = memory_format("%s %.*s %.*s: %s \"%s\", is \"%s\"", prefix, (int)f->kind_length,
                                  f->kind, (int)f->name_length, f->name, was_word, a, b);
    free(a);
    free(b);
    return message;
}

static char *sentence(const char *prefix, const char *text)
{
    char *part = excerpt(text, 0);
    char *message = memory_format("%s %s", prefix, part);
    free(part);
    return message;
}

/* "lost index public.t.i", with what else it takes to know a comment or a grant from its like. */
static char *name_sentence(const char *prefix, const struct fact *f)
{
    bool named_alone = !fact_same_subject(f, f) || strncmp(f->kind, "comment ", 8) == 0 ||
                       strncmp(f->kind, "owner ", 6) == 0 ||
                       strncmp(f->kind, "published ", 10) == 0;
    if (named_alone)
        return sentence(prefix, f->kind);
    return memory_format("%s %.*s %.*s", prefix, (int)f->kind_length, f->kind, (int)f->name_length,
                         f->name);
}

static struct odd *same_subject(struct odd *list, size_t count, char sign, const struct odd *of)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].sign == sign && !list[i].settled && fact_same_subject(&list[i].fact, &of->fact))
            return &list[i];
    return NULL;
}

/* A relation takes all that is in it with it, another object its comment, its owner and its grants.
 */
static bool takes(const struct fact *whole, const struct fact *part)
{
    bool in_it = fact_is_relation(whole) || part->name_length == whole->name_length;
    return fact_is_object(whole) && in_it && fact_belongs_to(part, whole);
}

/* What came or went by itself folds away everything of the same sign that belongs to it. */
static void settle_parts(struct odd *list, size_t count, const struct odd *whole)
{
    for (size_t i = 0; i < count; i++)
        if (&list[i] != whole && list[i].sign == whole->sign && takes(&whole->fact, &list[i].fact))
            list[i].settled = true;
}

/* A '+' that nobody approved: another than approved, a changed one, or one too much. */
static void tell_of_added(struct delta_comparison *c, struct odd *odd)
{
    odd->settled = true;
    struct odd *wanted = same_subject(c->approved, c->approved_count, '+', odd);
    struct odd *gone = same_subject(c->found, c->found_count, '-', odd);
    if (gone)
        gone->settled = true;
    if (wanted) {
        wanted->settled = true;
        note(c, DELTA_WRONG,
             contrast("wrong", &odd->fact, "expected", wanted->fact.attributes,
                      odd->fact.attributes),
             wanted->text, odd->text);
    } else if (gone) {
        note(c, DELTA_CHANGED,
             contrast("changed", &odd->fact, "was", gone->fact.attributes, odd->fact.attributes),
             gone->text, odd->text);
    } else {
        settle_parts(c->found, c->found_count, odd);
        note(c, DELTA_UNEXPECTED, sentence("unexpected", odd->text), NULL, odd->text);
    }
}

/* A '-' that nobody approved, of which no '+' tells. */
static void tell_of_lost(struct delta_comparison *c, struct odd *odd)
{
    odd->settled = true;
    struct odd *wanted = same_subject(c->approved, c->approved_count, '+', odd);
    if (wanted)
        wanted->settled = true;
    settle_parts(c->found, c->found_count, odd);
    note(c, DELTA_LOST, name_sentence("lost", &odd->fact), wanted ? wanted->text : odd->text, NULL);
}

static void tell_of_unfulfilled(struct delta_comparison *c, struct odd *odd)
{
    odd->settled = true;
    if (odd->sign == '+') {
        settle_parts(c->approved, c->approved_count, odd);
        note(c, DELTA_MISSING, sentence("missing", odd->text), odd->text, NULL);
    } else {
        note(c, DELTA_STILL_THERE, sentence("still there:", odd->text), NULL, odd->text);
    }
}

/* What is told first: a relation before its parts, an object before what is said of it. */
static int rank(const struct fact *f)
{
    return fact_is_relation(f) ? 0 : fact_is_object(f) ? 1 : 2;
}

/* In the order of their ranks, so that the whole stands for its parts. */
static void tell(struct delta_comparison *c, struct odd *list, size_t count, char sign,
                 void (*teller)(struct delta_comparison *, struct odd *))
{
    for (int next = 0; next <= 2; next++)
        for (size_t i = 0; i < count; i++)
            if (list[i].sign == sign && !list[i].settled && rank(&list[i].fact) == next)
                teller(c, &list[i]);
}

static void add_odd(struct odd **list, size_t *count, char sign, const char *text)
{
    struct odd *odd = memory_append(list, count, sizeof *odd);
    odd->sign = sign;
    odd->text = text;
    if (!fact_parse(&odd->fact, text))
        odd->fact = (struct fact){.kind = text, .name = "", .attributes = ""};
}

static bool approves(const struct approved_line *a, const struct delta_line *line)
{
    return a->sign == line->sign && (fits(a->pattern, line->text) || fits(a->pattern, line->full));
}

void delta_compare(const struct delta *found, const struct approved_delta *approved,
                   struct delta_differences *out)
{
    *out = (struct delta_differences){0};
    static const struct approved_delta nothing = {0};
    if (!approved)
        approved = &nothing;
    struct delta_comparison c = {.out = out};
    for (size_t i = 0; i < found->count; i++) {
        bool good = found->lines[i].folded;
        for (size_t k = 0; !good && k < approved->count; k++)
            good = approves(&approved->lines[k], &found->lines[i]);
        if (!good)
            add_odd(&c.found, &c.found_count, found->lines[i].sign, found->lines[i].text);
    }
    for (size_t k = 0; k < approved->count; k++) {
        bool good = false;
        for (size_t i = 0; !good && i < found->count; i++)
            good = approves(&approved->lines[k], &found->lines[i]);
        if (!good)
            add_odd(&c.approved, &c.approved_count, approved->lines[k].sign,
                    approved->lines[k].pattern);
    }
    tell(&c, c.found, c.found_count, '+', tell_of_added);
    tell(&c, c.found, c.found_count, '-', tell_of_lost);
    tell(&c, c.approved, c.approved_count, '+', tell_of_unfulfilled);
    tell(&c, c.approved, c.approved_count, '-', tell_of_unfulfilled);
    free(c.found);
    free(c.approved);
}

char *delta_left_behind(const struct delta_difference *d)
{
    struct fact fact;
    if (d->kind != DELTA_UNEXPECTED || !d->found || !fact_parse(&fact, d->found))
        return memory_copy_of(d->message);
    return name_sentence("left behind:", &fact);
}

void delta_difference_release(struct delta_difference *d)
{
    free(d->message);
    free(d->expected);
    free(d->found);
}

void delta_differences_release(struct delta_differences *d)
{
    for (size_t i = 0; i < d->count; i++)
        delta_difference_release(&d->items[i]);
    free(d->items);
    *d = (struct delta_differences){0};
}
