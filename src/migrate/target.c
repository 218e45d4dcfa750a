#include <ctype.h>
#include <errno.h>

#include "migrate/chain.h"

/* +N or -N; anything else is left to the names. */
static bool parse_relative(struct target *t, const char *word)
{
    if ((word[0] != '+' && word[0] != '-') || !isdigit((unsigned char)word[1]))
        return false;
    char *end;
    errno = 0;
    long steps = strtol(word, &end, 10);
    if (errno || *end || steps == 0)
        return false;
    *t = (struct target){.relative = true, .steps = steps};
    return true;
}

/* 7 is 0007 and 1.2 is 1_2, if the layout takes them for the same. */
static bool find_by_version(struct target *t, const struct chain *c, const char *word)
{
    char *wanted = version_key(c->versions, word);
    for (size_t i = 0; i < c->count && t->place == 0; i++) {
        char *version = version_key(c->versions, c->revisions[i].id);
        if (version_compare(c->versions, version, wanted) == 0)
            t->place = i + 1;
        free(version);
    }
    free(wanted);
    return t->place > 0;
}

/* The only revision that begins so. */
static bool find_by_part(struct target *t, const struct chain *c, const char *word, struct error *e)
{
    const struct revision *found = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const struct revision *r = &c->revisions[i];
        if (strncmp(r->id, word, strlen(word)) != 0)
            continue;
        if (found)
            return error_set(
                e, ERROR_USAGE,
                "revision '%s' is ambiguous: %s and %s begin with it; write it in full", word,
                found->id, r->id);
        found = r;
        t->place = i + 1;
    }
    return found ||
           error_set(e, ERROR_USAGE,
                     "there is no revision '%s': 'pgrehearse-migrate history' lists them", word);
}

bool target_parse(struct target *t, const struct chain *c, const char *word, struct error *e)
{
    *t = (struct target){0};
    if (parse_relative(t, word))
        return true;
    if (strcmp(word, "base") == 0)
        return true;
    if (strcmp(word, "head") == 0 || strcmp(word, "heads") == 0) {
        t->place = c->count;
        return true;
    }
    if (word[0] == '\0' || word[0] == '+' || word[0] == '-')
        return error_set(e, ERROR_USAGE, "'%s' is not a revision: write one, head, base, +N or -N",
                         word);
    t->place = chain_find(c, word);
    return t->place > 0 || find_by_version(t, c, word) || find_by_part(t, c, word, e);
}

bool target_resolve(const struct target *t, const struct chain *c, size_t current, size_t *place,
                    struct error *e)
{
    *place = t->place;
    if (!t->relative)
        return true;
    long forward = (long)(c->count - current), backward = -(long)current;
    if (t->steps > forward || t->steps < backward)
        return error_set(e, ERROR_USAGE,
                         "%+ld from %s leads past the %s: only %zu revisions lie that way",
                         t->steps, chain_name(c, current), t->steps > 0 ? "head" : "base",
                         t->steps > 0 ? c->count - current : current);
    *place = (size_t)((long)current + t->steps);
    return true;
}
