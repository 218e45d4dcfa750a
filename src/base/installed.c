#include "base/installed.h"

#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

/* Programs lie in ROOT/bin or ROOT/scenarios. */
char *installed_root(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return memory_copy_of("..");
    path[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash && slash != path)
            *slash = '\0';
    }
    return memory_copy_of(path);
}

char *installed_folder(const char *installed, const char *built)
{
    char *prefix = installed_root();
    char *folder = memory_format("%s/%s", prefix, installed);
    if (access(folder, F_OK) != 0) {
        free(folder);
        folder = memory_format("%s/%s", prefix, built);
    }
    char *resolved = realpath(folder, NULL);
    if (resolved) {
        free(folder);
        folder = resolved;
    }
    free(prefix);
    return folder;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* not alphasort: no locale decides the order */
}

/* The length of the name before the suffix; 0 if it does not end so, or is hidden. */
static size_t stem_length(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);
    bool fits = length > end && name[0] != '.' && strcmp(name + length - end, suffix) == 0;
    return fits ? length - end : 0;
}

char *installed_names(const char *folder, const char *suffix)
{
    struct text names = {0};
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, NULL, by_name);
    for (int i = 0; i < found; i++) {
        size_t length = stem_length(entries[i]->d_name, suffix);
        if (length > 0)
            text_append_format(&names, "%s%.*s", names.length ? ", " : "", (int)length,
                               entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return text_detach(&names);
}
