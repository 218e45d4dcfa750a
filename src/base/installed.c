#include "base/installed.h"

#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

/* The running program's path less its last `up` parts. */
static char *above_program(int up)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return memory_copy_of(up == 1 ? "." : "..");
    path[length] = '\0';
    for (; up > 0; up--) {
        char *slash = strrchr(path, '/');
        if (slash && slash != path)
            *slash = '\0';
    }
    return memory_copy_of(path);
}

char *installed_root(void)
{
    return above_program(2);
}

char *installed_programs(void)
{
    char *own = above_program(1);
    char *migrator = memory_format("%s/pgrehearse-migrate", own);
    if (access(migrator, F_OK) != 0) {
        char *root = installed_root();
        free(own);
        own = memory_format("%s/bin", root);
        free(root);
    }
    free(migrator);
    return own;
}

/* `folder` without links and "..", if it is there; frees or returns it. */
static char *resolve(char *folder)
{
    char *resolved = realpath(folder, NULL);
    if (!resolved)
        return folder;
    free(folder);
    return resolved;
}

/* `installed`, relative to the folder of the programs, or else `built`, to the build's. */
static char *find(char *installed, const char *built)
{
    char *programs = above_program(1);
    char *path = memory_format("%s/%s", programs, installed);
    if (access(path, F_OK) != 0) {
        char *root = installed_root();
        free(path);
        path = memory_format("%s/%s", root, built);
        free(root);
    }
    free(programs);
    free(installed);
    return resolve(path);
}

char *installed_folder(const char *name, const char *built)
{
    return find(memory_format(INSTALLED_DATA "/%s", name), built);
}

char *installed_library(const char *name)
{
    char *built = memory_format("lib/pgrehearse/%s", name);
    char *path = find(memory_format(INSTALLED_LIBRARIES "/%s", name), built);
    free(built);
    return path;
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
