#include "migrator/named_place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"

static const size_t longest_file = 1u << 20; /* bytes, as migration_files.h reads */

enum { OF_OBJECT = 8, OF_TABLE = 4, OF_VERB = 1 };

static const char *const verbs[] = {"drop",     "delete", "truncate", "update", "alter", "remove",
                                    "rollback", "rename", "merge",    "change", "set",   NULL};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (c & 0x80);
}

/* Where `word` stands by itself between `begin` and `end`; NULL: nowhere. */
static const char *find_word(const char *begin, const char *end, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = begin; length && p + length <= end; p++)
        if (strncasecmp(p, word, length) == 0 && (p == begin || !is_word(p[-1])) &&
            (p + length == end || !is_word(p[length])))
            return p;
    return NULL;
}

/* A verb may be a part of a word: op.drop_column, removeColumn. */
static bool has_verb(const char *begin, const char *end)
{
    for (const char *p = begin; p < end; p++)
        for (const char *const *verb = verbs; *verb; verb++)
            if ((size_t)(end - p) >= strlen(*verb) && strncasecmp(p, *verb, strlen(*verb)) == 0 &&
                (p == begin || !isalpha((unsigned char)p[-1])))
                return true;
    return false;
}

/* Without its schema and its quotes; to be freed. */
static char *bare(const char *name)
{
    const char *last = name;
    bool quoted = false;
    for (const char *p = name; *p; p++) {
        quoted ^= *p == '"';
        if (*p == '.' && !quoted)
            last = p + 1;
    }
    char *word = memory_copy_of(last), *to = word;
    for (const char *p = last; *p && *p != '(';
         p++) /* a function's name ends where its arguments begin */
        if (*p != '"')
            *to++ = *p;
    *to = '\0';
    return word;
}

struct best {
    int score;
    const char *place;
};

static void weigh(struct best *best, const char *begin, const char *end, const char *table,
                  const char *object, bool table_will_do)
{
    const char *of_object = object ? find_word(begin, end, object) : NULL;
    const char *of_table = table ? find_word(begin, end, table) : NULL;
    if (!of_object && !(of_table && (!object || table_will_do)))
        return;
    /* a column is rather named behind its table */
    const char *behind = of_object && of_table ? find_word(of_table, end, object) : NULL;
    int score = (of_object ? OF_OBJECT : 0) + (of_table ? OF_TABLE : 0) +
                (has_verb(begin, end) ? OF_VERB : 0);
    if (score > best->score)
        *best = (struct best){score, behind ? behind : of_object ? of_object : of_table};
}

/* Comment lines become blanks, so that places stay. */
static void blank_comments(char *text)
{
    for (char *line = text; *line;) {
        char *end = line + strcspn(line, "\n"), *p = line + strspn(line, " \t");
        if (strncmp(p, "--", 2) == 0 || strncmp(p, "//", 2) == 0 || *p == '#')
            memset(p, ' ', (size_t)(end - p));
        line = *end ? end + 1 : end;
    }
}

static const char *end_of_statement(const char *p, const char *end, bool is_sql)
{
    for (int depth = 0; p < end; p++) {
        depth += (*p == '(' || *p == '[' || *p == '{') - (*p == ')' || *p == ']' || *p == '}');
        if (*p == ';' || (!is_sql && *p == '\n' && depth <= 0))
            return p;
    }
    return end;
}

static const char *beginning_of_line(const char *text, unsigned line)
{
    while (line > 1 && (text = strchr(text, '\n'))) {
        text++;
        line--;
    }
    return text;
}

static bool is_sql_file(const char *path)
{
    const char *dot = strrchr(path, '.');
    return !dot || strcasecmp(dot, ".sql") == 0;
}

unsigned named_line(const char *path, unsigned from, unsigned to, const struct named *named,
                    bool table_will_do)
{
    struct text text = {0};
    struct best best = {0};
    unsigned line = 0;
    if (text_read_file(&text, path, longest_file) && text.data &&
        strlen(text.data) == text.length) {
        blank_comments(text.data);
        char *table = named->table ? bare(named->table) : NULL;
        char *object = named->object ? bare(named->object) : NULL;
        const char *begin = beginning_of_line(text.data, from);
        const char *end = to ? beginning_of_line(text.data, to + 1) : NULL;
        end = end ? end : text.data + text.length;
        while (begin && begin < end) {
            const char *stop = end_of_statement(begin, end, is_sql_file(path));
            weigh(&best, begin, stop, table, object, table_will_do);
            begin = stop + 1;
        }
        line = best.place ? text_line_of(text.data, best.place) : 0;
        free(table);
        free(object);
    }
    text_release(&text);
    return line;
}

/* The end of a name that may be quoted and qualified. */
static const char *end_of_name(const char *p)
{
    for (bool quoted = false; *p && (quoted || *p != ' '); p++)
        quoted ^= *p == '"';
    return p;
}

bool named_of_fact(const char *fact, char **table, char **object)
{
    const char *space = strchr(fact, ' '), *name = space ? space + 1 : fact;
    const char *end = end_of_name(name), *last = NULL, *first = NULL;
    bool quoted = false, of_table = space && strncmp(fact, "table ", strlen("table ")) == 0;
    for (const char *p = name; p < end; p++) {
        quoted ^= *p == '"';
        if (*p == '.' && !quoted) {
            first = first ? first : p;
            last = p;
        }
    }
    *table = *object = NULL;
    if (end == name)
        return false;
    if (of_table || !space)
        *table = memory_format("%.*s", (int)(end - name), name);
    else
        *object =
            memory_format("%.*s", (int)(end - (last ? last + 1 : name)), last ? last + 1 : name);
    if (last && last != first) /* schema.table.object */
        *table = memory_format("%.*s", (int)(last - name), name);
    return true;
}
