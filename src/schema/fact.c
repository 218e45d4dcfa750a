#include "schema/fact.h"

bool fact_parse(struct fact *f, const char *line)
{
    f->kind = line;
    f->kind_length = strcspn(line, " ");
    if (f->kind_length == 0 || line[f->kind_length] != ' ')
        return false;
    const char *p = f->name = line + f->kind_length + 1;
    bool quoted = false;
    for (size_t depth = 0; *p && (quoted || depth > 0 || *p != ' '); p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (!quoted && *p == '(')
            depth++;
        else if (!quoted && *p == ')' && depth > 0)
            depth--;
    }
    f->name_length = (size_t)(p - f->name);
    f->attributes = *p ? p + 1 : p;
    return f->name_length > 0;
}

bool fact_has_kind(const struct fact *f, const char *kind)
{
    return strlen(kind) == f->kind_length && memcmp(f->kind, kind, f->kind_length) == 0;
}

bool fact_is_relation(const struct fact *f)
{
    return fact_has_kind(f, "table") || fact_has_kind(f, "foreign-table") ||
           fact_has_kind(f, "view") || fact_has_kind(f, "materialized-view");
}

static bool is_one_of(const struct fact *f, const char *const *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fact_has_kind(f, kinds[i]))
            return true;
    return false;
}

/* These say in their first attribute which of the objects of that name they tell of. */
static bool tells_of_kind(const struct fact *f)
{
    static const char *const kinds[] = {
        "comment", "owner", "security-label", "depends-on-extension", "grant", "revoke",
    };
    return is_one_of(f, kinds, sizeof kinds / sizeof *kinds);
}

bool fact_is_object(const struct fact *f)
{
    return !tells_of_kind(f) && !fact_has_kind(f, "published");
}

bool fact_same_subject(const struct fact *a, const struct fact *b)
{
    static const char *const alone[] = {
        "grant", "revoke", "default-grant", "default-revoke", "published-schema",
    };
    if (a->kind_length != b->kind_length || a->name_length != b->name_length ||
        memcmp(a->kind, b->kind, a->kind_length) != 0 ||
        memcmp(a->name, b->name, a->name_length) != 0)
        return false;
    if (is_one_of(a, alone, sizeof alone / sizeof *alone))
        return false;
    if (!tells_of_kind(a) && !fact_has_kind(a, "published") && !fact_has_kind(a, "owned-sequence"))
        return true;
    size_t length = strcspn(a->attributes, " ");
    return length == strcspn(b->attributes, " ") &&
           memcmp(a->attributes, b->attributes, length) == 0;
}

bool fact_belongs_to(const struct fact *f, const struct fact *object)
{
    if (f->name_length < object->name_length ||
        memcmp(f->name, object->name, object->name_length) != 0)
        return false;
    if (f->name_length > object->name_length)
        return f->name[object->name_length] == '.';
    size_t length = strcspn(f->attributes, " ");
    bool same_kind =
        length == object->kind_length && memcmp(f->attributes, object->kind, length) == 0;
    return fact_has_kind(f, "published") || (tells_of_kind(f) && same_kind);
}
