#include "production/sources/copied_schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "schema/fact.h"

static const struct entry {
    const char *name;
    unsigned bit;
} entries[] = {
    {"user-mapping-options", COPY_MAPPING_OPTIONS},
    {"user-mappings", COPY_MAPPINGS},
    {"extensions", COPY_EXTENSIONS},
    {"tablespaces", COPY_TABLESPACES},
    {"owners", COPY_OWNERS},
    {"grants", COPY_GRANTS},
};

bool copy_terms_entry(size_t number, const char **name, unsigned *bit)
{
    if (number >= sizeof entries / sizeof *entries)
        return false;
    *name = entries[number].name;
    *bit = entries[number].bit;
    return true;
}

static bool is_privilege(const struct fact *f)
{
    return fact_has_kind(f, "grant") || fact_has_kind(f, "revoke") ||
           fact_has_kind(f, "default-grant") || fact_has_kind(f, "default-revoke");
}

/* The word in the attributes that a role stands behind: "to ", "from ", "by "; its length, or 0. */
static size_t role_word(const char *attributes, const char *p)
{
    static const char *const words[] = {"to ", "from ", "by "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((p == attributes || p[-1] == ' ') && strncmp(p, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return 0;
}

static bool is_role(const char *p, const char *role)
{
    size_t length = strlen(role);
    return strncmp(p, role, length) == 0 && (!p[length] || p[length] == ' ');
}

/* Whether the privilege is one of the owner, or was granted by the owner. */
static bool concerns_owner(const struct fact *f)
{
    for (const char *p = f->attributes; *p; p++) {
        size_t length = role_word(f->attributes, p);
        if (length && is_role(p + length, "@owner"))
            return true;
    }
    return false;
}

static bool is_left_out(const struct fact *f, unsigned without)
{
    if (fact_has_kind(f, "owner"))
        return (without & COPY_OWNERS) ||
               ((without & COPY_EXTENSIONS) && strncmp(f->attributes, "extension ", 10) == 0);
    if (is_privilege(f))
        return (without & COPY_GRANTS) || ((without & COPY_OWNERS) && concerns_owner(f));
    return fact_has_kind(f, "user-mapping") && (without & COPY_MAPPINGS);
}

/* The end of a word in which SQL's quotes may stand. */
static const char *end_of_word(const char *p)
{
    for (char quote = 0; *p && (quote || *p != ' '); p++)
        if (quote ? *p == quote : *p == '"' || *p == '\'')
            quote = quote ? 0 : *p;
    return p;
}

/* The attribute that begins with `word`, its blank in front included; NULL if there is none. */
static const char *find_attribute(const char *attributes, const char *word)
{
    for (const char *p = attributes; *p;) {
        if (strncmp(p, word, strlen(word)) == 0)
            return p - 1;
        p = end_of_word(p);
        p += *p == ' ';
    }
    return NULL;
}

/* The line without this attribute, or from there on. Takes over `line`. */
static char *cut(char *line, const struct fact *f, const char *word, bool with_rest)
{
    const char *found = find_attribute(f->attributes, word);
    if (!found)
        return line;
    const char *rest = with_rest ? "" : end_of_word(found + 1);
    char *shorter = memory_format("%.*s%s", (int)(found - line), line, rest);
    free(line);
    return shorter;
}

static bool has_tablespace(const struct fact *f)
{
    return fact_has_kind(f, "table") || fact_has_kind(f, "index") ||
           fact_has_kind(f, "materialized-view");
}

/* The line with @owner for `role`, as whose privileges these are. Takes over `line`. */
static char *rename_role(char *line, const struct fact *f, const char *role)
{
    struct text t = {0};
    const char *from = line;
    bool of_default = strncmp(line, "default-", 8) == 0;
    for (const char *p = f->name; *p; p++) {
        size_t length = p >= f->attributes ? role_word(f->attributes, p) : 0;
        bool here = (of_default && p == f->name) || length;
        if (!here || !is_role(p + length, role))
            continue;
        text_append_bytes(&t, from, (size_t)(p + length - from));
        text_append(&t, "@owner");
        from = p + length + strlen(role);
        p = from - 1;
    }
    text_append(&t, from);
    free(line);
    return text_detach(&t);
}

/* The line as both sides have it; NULL where they need not have it both. Takes over `line`. */
static char *shared_line(char *line, unsigned without)
{
    struct fact f;
    if (!fact_parse(&f, line))
        return line;
    if (is_left_out(&f, without)) {
        free(line);
        return NULL;
    }
    if ((without & COPY_TABLESPACES) && has_tablespace(&f))
        return cut(line, &f, "tablespace=", false);
    if ((without & COPY_EXTENSIONS) && fact_has_kind(&f, "extension"))
        return cut(line, &f, "version=", true);
    if ((without & COPY_MAPPING_OPTIONS) && fact_has_kind(&f, "user-mapping"))
        return cut(line, &f, "options=", true);
    return line;
}

static char *renamed_line(const char *line, const char *renamed)
{
    struct fact f;
    char *copy = memory_copy_of(line);
    return renamed && fact_parse(&f, copy) && is_privilege(&f) ? rename_role(copy, &f, renamed)
                                                               : copy;
}

void copied_schema(const struct snapshot *s, unsigned without, const char *renamed,
                   struct snapshot *shared)
{
    struct snapshot all = {.lines = memory_zeroed(s->count, sizeof *all.lines),
                           .users = memory_zeroed(s->count, sizeof *all.users)};
    for (size_t i = 0; i < s->count; i++) {
        char *line = shared_line(renamed_line(s->lines[i], renamed), without);
        if (!line)
            continue;
        all.lines[all.count] = line;
        all.users[all.count++] = s->users ? memory_copy_of(s->users[i]) : NULL;
    }
    snapshot_sort(&all);
    *shared = all;
}
