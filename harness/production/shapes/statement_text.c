#include "production/shapes/statement_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/*
 * Where a number is not a value: positions after ORDER BY or GROUP BY, and modifiers of a type,
 * which is named after :: or AS. Anything else ends such a place.
 */
enum place { NOWHERE, POSITIONS, TYPE, NAMED, MODIFIERS };

enum { MOST_DIGITS = 4 }; /* of a position: a row has at most 1664 columns */

struct reader {
    const char *p;
    struct text *clean;
    enum place place;
    bool has_word; /* the first one is read */
    bool other, literal;
};

static bool begins_word(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_in_word(char c)
{
    return begins_word(c) || isdigit((unsigned char)c) || c == '$';
}

/* PostgreSQL manual, 4.1.5: comments nest. */
static const char *skip_comment(const char *p)
{
    size_t depth = 0;
    if (p[0] == '-')
        return p + strcspn(p, "\n");
    do {
        depth += p[0] == '/' && p[1] == '*';
        depth -= p[0] == '*' && p[1] == '/';
        p += (p[0] == '/' && p[1] == '*') || (p[0] == '*' && p[1] == '/') ? 2 : 1;
    } while (depth && *p);
    return p;
}

static bool is_gap(const char *p)
{
    return isspace((unsigned char)*p) || (p[0] == '-' && p[1] == '-') ||
           (p[0] == '/' && p[1] == '*');
}

static void read_gap(struct reader *r)
{
    while (*r->p && is_gap(r->p))
        r->p = isspace((unsigned char)*r->p) ? r->p + 1 : skip_comment(r->p);
    if (r->clean->length && *r->p)
        text_append(r->clean, " ");
}

static void take(struct reader *r, size_t length)
{
    text_append_bytes(r->clean, r->p, length);
    r->p += length;
}

/* PostgreSQL manual, 4.1.1: two quotes in it are one. */
static void read_quoted(struct reader *r)
{
    size_t length = 1;
    while (r->p[length] && (r->p[length] != '"' || r->p[length + 1] == '"'))
        length += r->p[length] == '"' ? 2 : 1;
    take(r, length + (r->p[length] == '"'));
    r->place = r->place == TYPE ? NAMED : NOWHERE;
}

static bool is_among(const char *word, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == length && strncasecmp(word, *words, length) == 0)
            return true;
    return false;
}

static enum place place_after(enum place now, const char *word, size_t length)
{
    static const char *const by[] = {"BY", NULL}, *const as[] = {"AS", NULL};
    static const char *const order[] = {"ASC", "DESC", "NULLS", "FIRST", "LAST", NULL};
    static const char *const varying[] = {"VARYING", NULL};
    if (is_among(word, length, by))
        return POSITIONS;
    if (is_among(word, length, as))
        return TYPE;
    if (now == POSITIONS && is_among(word, length, order))
        return POSITIONS;
    bool named = now == TYPE || (now == NAMED && is_among(word, length, varying));
    return named ? NAMED : NOWHERE;
}

/* Monitoring reads the catalogue, and so do we; the application's statements read tables. */
static bool names_catalogue(const char *word, size_t length)
{
    static const char *const spaces[] = {"pg_catalog", "information_schema", NULL};
    const char *next = word + length;
    while (isspace((unsigned char)*next))
        next++;
    return is_among(word, length, spaces) ||
           (length > 3 && strncasecmp(word, "pg_", 3) == 0 && *next != '(');
}

static void read_word(struct reader *r)
{
    static const char *const known[] = {"SELECT", "INSERT", "UPDATE", "DELETE",
                                        "MERGE",  "WITH",   NULL};
    size_t length = 1;
    while (is_in_word(r->p[length]))
        length++;
    if (!r->has_word && !is_among(r->p, length, known))
        r->other = true;
    r->has_word = true;
    r->other = r->other || names_catalogue(r->p, length);
    r->place = place_after(r->place, r->p, length);
    take(r, length);
}

/* A position stands by itself: ORDER BY 1, not ORDER BY 1 + x. */
static bool is_position(const char *p, size_t length)
{
    const char *next = p + length;
    while (isspace((unsigned char)*next))
        next++;
    return length <= MOST_DIGITS && (!*next || strchr(",);", *next) || begins_word(*next));
}

static void read_number(struct reader *r)
{
    size_t length = strspn(r->p, "0123456789");
    bool whole = length && !is_in_word(r->p[length]) && r->p[length] != '.';
    bool meant = r->place == MODIFIERS || (r->place == POSITIONS && is_position(r->p, length));
    r->literal = r->literal || !whole || !meant;
    take(r, length ? length : 1);
}

static enum place place_after_sign(enum place now, char c)
{
    if (c == '(' && now == NAMED)
        return MODIFIERS;
    if (c == '.' && now == NAMED)
        return TYPE;
    return c == ',' && (now == POSITIONS || now == MODIFIERS) ? now : NOWHERE;
}

static void read_sign(struct reader *r)
{
    char c = *r->p;
    bool parameter = c == '$' && isdigit((unsigned char)r->p[1]);
    bool cast = c == ':' && r->p[1] == ':';
    r->literal = r->literal || c == '\'' || (c == '$' && !parameter);
    r->place = cast ? TYPE : place_after_sign(r->place, c);
    take(r, parameter ? 1 + strspn(r->p + 1, "0123456789") : cast ? 2 : 1);
}

static void read_next(struct reader *r)
{
    char c = *r->p;
    if (is_gap(r->p))
        read_gap(r);
    else if (c == '"')
        read_quoted(r);
    else if (begins_word(c))
        read_word(r);
    else if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)r->p[1])))
        read_number(r);
    else
        read_sign(r);
}

enum statement_kind statement_text_clean(const char *sql, struct text *clean)
{
    struct reader r = {.p = sql, .clean = clean};
    while (*r.p)
        read_next(&r);
    if (r.other || !r.has_word)
        return STATEMENT_OTHER;
    return r.literal ? STATEMENT_LITERAL : STATEMENT_FIT;
}
