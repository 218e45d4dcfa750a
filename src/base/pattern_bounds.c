#include "base/pattern_bounds.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEEPEST = 50,    /* groups within groups; the C library calls itself for each */
    LARGEST = 20000, /* characters, once each repetition {M,N} is written out N times */
};

struct source_reader {
    const char *at;
    const char *excess;
};

/* Behind a bracket expression, whose first ] and classes such as [:alpha:] do not end it. */
static const char *skip_bracket(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    for (at += *at == ']'; *at && *at != ']'; at++) {
        const char *end =
            *at == '[' && at[1] && strchr(":.=", at[1]) ? strchr(at + 2, at[1]) : NULL;
        if (end && end[1] == ']')
            at = end + 1;
    }
    return *at ? at + 1 : at;
}

/* How often at most what stands before is repeated by {M}, {M,} or {M,N}; moves behind it. */
static unsigned long repetition(struct source_reader *r)
{
    char *end;
    unsigned long times = strtoul(r->at + 1, &end, 10);
    if (*end == ',' && end[1] != '}')
        times = strtoul(end + 1, &end, 10);
    r->at = strchr(end, '}') ? strchr(end, '}') + 1 : end;
    return times > LARGEST ? LARGEST : times;
}

static unsigned long read_group(struct source_reader *r, int depth);

static unsigned long read_atom(struct source_reader *r, int depth)
{
    switch (*r->at) {
    case '(':
        r->at++;
        return read_group(r, depth + 1);
    case '[':
        r->at = skip_bracket(r->at);
        return 1;
    case '\\':
        r->at += r->at[1] ? 2 : 1;
        return 1;
    default:
        r->at++;
        return 1;
    }
}

/* The size of what is before the group's end, written out. */
static unsigned long read_group(struct source_reader *r, int depth)
{
    unsigned long size = 1;
    if (depth > DEEPEST)
        r->excess = "its groups are nested more than 50 deep";
    while (*r->at && *r->at != ')' && !r->excess) {
        unsigned long atom = read_atom(r, depth);
        while (*r->at == '{' && !r->excess) {
            unsigned long times = repetition(r);
            atom *= times ? times : 1;
            if (atom > LARGEST)
                r->excess = "it is too large once its repetitions are written out";
        }
        size += atom;
        if (size > LARGEST)
            r->excess = "it is too large once its repetitions are written out";
    }
    r->at += *r->at == ')';
    return size;
}

const char *pattern_excess(const char *source)
{
    struct source_reader r = {.at = source};
    while (*r.at && !r.excess) /* a ) too many ends no group */
        read_group(&r, 0);
    return r.excess;
}
