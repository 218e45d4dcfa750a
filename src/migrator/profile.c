#include "migrator/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/installed.h"
#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "base/yaml_file.h"
#include "base/yaml_name.h"
#include "migrator/profile_check.h"
#include "migrator/profile_merge.h"
#include "suite/migrator_schema.h"
#include "suite/schema_fields.h"

static const char ending[] = ".yaml";

static const cyaml_schema_field_t surroundings_fields[] = {
    OPTIONAL_STRINGS(struct surroundings, skip, skip_count),
    OPTIONAL_STRINGS(struct surroundings, set, set_count),
    OPTIONAL_STRINGS(struct surroundings, unset, unset_count),
    OPTIONAL_STRINGS(struct surroundings, values, value_count), CYAML_FIELD_END};
static const cyaml_schema_value_t surroundings_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct surroundings, surroundings_fields)};

static struct suite_migrator **slot_of(struct profile_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i]->name, name) == 0)
            return &set->items[i];
    return memory_append(&set->items, &set->count, sizeof *set->items);
}

/* A profile's name is that of its file, so that two cannot have the same. */
static bool check_name(struct suite_migrator *profile, const char *path, struct error *e)
{
    const char *file = strrchr(path, '/') + 1;
    size_t length = strlen(file) - strlen(ending);
    if (!profile->name)
        profile->name = memory_format("%.*s", (int)length, file);
    return (strlen(profile->name) == length && strncmp(profile->name, file, length) == 0) ||
           error_set(e, ERROR_USAGE, "%s, key name: expected the name of the file, not '%s'", path,
                     profile->name);
}

static bool load_profile(struct profile_set *set, const char *path, struct error *e)
{
    void *loaded = NULL;
    if (!yaml_file_load(path, &suite_migrator_schema, &loaded, e))
        return false;
    struct suite_migrator *profile = loaded;
    if (!check_name(profile, path, e) || !profile_check(profile, path, e)) {
        profile_free(profile);
        return false;
    }
    struct suite_migrator **slot = slot_of(set, profile->name);
    if (*slot) {
        profile_merge(suite_migrator_fields, profile, *slot);
        profile_free(*slot);
    }
    *slot = profile;
    return true;
}

static bool is_profile(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > strlen(ending) &&
           strcmp(name + length - strlen(ending), ending) == 0;
}

static bool load_folder(struct profile_set *set, const char *folder, struct error *e)
{
    struct dirent **entries = NULL;
    bool good = true;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return error_set(e, file_error_kind(errno), "%s: cannot be read: %s", folder,
                         strerror(errno));
    for (int i = 0; i < count; i++) {
        char *path = memory_format("%s/%s", folder, entries[i]->d_name);
        good = good && (!is_profile(entries[i]->d_name) || load_profile(set, path, e));
        free(path);
        free(entries[i]);
    }
    free(entries);
    return good;
}

/* Where the profiles are; to be freed. */
static char *folder_of(const char *shipped)
{
    return shipped ? memory_copy_of(shipped)
                   : installed_folder("migrators", "../fixtures/migrators");
}

struct surroundings *surroundings_load(const char *shipped, struct error *e)
{
    char *folder = folder_of(shipped);
    char *path = memory_format("%s/common/surroundings.yaml", folder);
    void *loaded = NULL;
    yaml_file_load(path, &surroundings_schema, &loaded, e);
    free(path);
    free(folder);
    return loaded;
}

static int by_name(const void *a, const void *b)
{
    const struct suite_migrator *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

bool profile_set_load(struct profile_set *set, const char *shipped, const char *project,
                      struct error *e)
{
    char *folder =
        shipped ? memory_copy_of(shipped) : installed_folder("migrators", "../fixtures/migrators");
    *set = (struct profile_set){0};
    bool good = load_folder(set, folder, e) && (set->surroundings = surroundings_load(folder, e));
    free(folder);
    char *own = memory_format("%s/pgrehearse/migrators", project ? project : "");
    if (good && project && access(own, F_OK) == 0)
        good = load_folder(set, own, e);
    free(own);
    if (set->count)
        qsort(set->items, set->count, sizeof *set->items, by_name);
    return good;
}

void profile_set_release(struct profile_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        profile_free(set->items[i]);
    free(set->items);
    surroundings_free(set->surroundings);
    *set = (struct profile_set){0};
}

void surroundings_free(struct surroundings *s)
{
    yaml_file_free(&surroundings_schema, s);
}

const struct suite_migrator *profile_set_find(const struct profile_set *set, const char *name,
                                              struct error *e)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i]->name, name) == 0)
            return set->items[i];
    const char **names = memory_zeroed(set->count, sizeof *names);
    for (size_t i = 0; i < set->count; i++)
        names[i] = set->items[i]->name;
    char *remedy = yaml_name_remedy(name, names, set->count);
    error_set(e, ERROR_USAGE, "no migrator '%s'; %s", name, remedy);
    free(remedy);
    free(names);
    return NULL;
}

struct suite_migrator *profile_copy(const struct suite_migrator *m)
{
    struct suite_migrator *copy = memory_zeroed(1, sizeof *copy);
    profile_merge(suite_migrator_fields, copy, m);
    return copy;
}

struct suite_migrator *profile_complete(const struct profile_set *set,
                                        const struct suite_migrator *given, struct error *e)
{
    const struct suite_migrator *profile = NULL;
    if (given->profile && !(profile = profile_set_find(set, given->profile, e)))
        return NULL;
    struct suite_migrator *whole = profile_copy(given);
    if (profile)
        profile_merge(suite_migrator_fields, whole, profile);
    return whole;
}

const char *profile_title(const struct suite_migrator *m)
{
    return m->title ? m->title : m->name;
}

void profile_free(struct suite_migrator *m)
{
    yaml_file_free(&suite_migrator_schema, m);
}
