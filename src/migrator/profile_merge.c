#include "migrator/profile_merge.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

static void *member(void *structure, size_t offset)
{
    return (char *)structure + offset;
}

static const void *member_of(const void *structure, size_t offset)
{
    return (const char *)structure + offset;
}

static bool is_zero(const void *bytes, size_t size)
{
    for (const char *p = bytes; size > 0; p++, size--)
        if (*p)
            return false;
    return true;
}

static bool is_pointer(const cyaml_schema_value_t *value)
{
    return (value->flags & CYAML_FLAG_POINTER) != 0;
}

/* The bytes that one entry of a list takes in its array. */
static size_t entry_size(const cyaml_schema_value_t *entry)
{
    return is_pointer(entry) ? sizeof(void *) : entry->data_size;
}

static void copy_entry(const cyaml_schema_value_t *entry, void *to, const void *from)
{
    if (entry->type == CYAML_STRING)
        *(char **)to = memory_copy_of(*(char *const *)from);
    else if (entry->type == CYAML_MAPPING)
        profile_merge(entry->mapping.fields, to, from);
    else
        memcpy(to, from, entry_size(entry));
}

static void copy_list(const cyaml_schema_field_t *field, void *to, const void *from)
{
    const cyaml_schema_value_t *entry = field->value.sequence.entry;
    const char *items = *(const char *const *)member_of(from, field->data_offset);
    unsigned count = 0;
    memcpy(&count, member_of(from, field->count_offset), sizeof count);
    if (*(void **)member(to, field->data_offset) || !items)
        return;
    size_t size = entry_size(entry);
    char *copies = memory_zeroed(count ? count : 1, size);
    for (unsigned i = 0; i < count; i++)
        copy_entry(entry, copies + i * size, items + i * size);
    *(void **)member(to, field->data_offset) = copies;
    memcpy(member(to, field->count_offset), &count, sizeof count);
}

static void copy_pointed(const cyaml_schema_field_t *field, void *to, const void *from)
{
    void **mine = member(to, field->data_offset);
    void *theirs = *(void *const *)member_of(from, field->data_offset);
    if (!theirs)
        return;
    if (field->value.type == CYAML_MAPPING) {
        if (!*mine)
            *mine = memory_zeroed(1, field->value.data_size);
        profile_merge(field->value.mapping.fields, *mine, theirs);
    } else if (!*mine && field->value.type == CYAML_STRING) {
        *mine = memory_copy_of(theirs);
    } else if (!*mine) {
        *mine = memory_zeroed(1, field->value.data_size);
        memcpy(*mine, theirs, field->value.data_size);
    }
}

void profile_merge(const cyaml_schema_field_t *fields, void *to, const void *from)
{
    for (const cyaml_schema_field_t *f = fields; f->key; f++) {
        if (f->value.type == CYAML_SEQUENCE)
            copy_list(f, to, from);
        else if (is_pointer(&f->value))
            copy_pointed(f, to, from);
        else if (is_zero(member(to, f->data_offset), f->value.data_size))
            memcpy(member(to, f->data_offset), member_of(from, f->data_offset), f->value.data_size);
    }
}
