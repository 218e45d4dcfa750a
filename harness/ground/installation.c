#include "ground/installation.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/installed.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"

enum { MOST_SUITES = 64 }; /* that are shipped */

char *installation_programs(void)
{
    return installed_programs();
}

static bool is_suite(const char *folder)
{
    char *file = memory_format("%s/suite.yaml", folder);
    bool there = access(file, F_OK) == 0;
    free(file);
    return there;
}

/* The folder of all shipped suites; the caller frees it. */
static char *shipped_suites(void)
{
    return installed_folder("suites", "../fixtures/suites");
}

char *installation_migrators(void)
{
    return installed_folder("migrators", "../fixtures/migrators");
}

char *installation_history_migrations(void)
{
    return installed_folder("history", "../harness/measures/histories/migrations");
}

static char *names_in(const char *folder)
{
    struct text names = {0};
    DIR *d = opendir(folder);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        char *path = memory_format("%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && is_suite(path))
            text_append_format(&names, "%s%s", names.length ? ", " : "", entry->d_name);
        free(path);
    }
    if (d)
        closedir(d);
    return text_detach(&names);
}

char *installation_shipped_suites(void)
{
    char *shipped = shipped_suites();
    char *names = names_in(shipped);
    free(shipped);
    return names;
}

/* "; did you mean 'NEAR'?" for one of "a, b, c" that is nearly `name`, else ""; to be freed. */
static char *nearest_in(const char *names, const char *name)
{
    const char *list[MOST_SUITES];
    size_t count = 0;
    char *copy = memory_copy_of(names), *rest = copy, *one;
    while (count < MOST_SUITES && (one = strsep(&rest, ", ")))
        list[count++] = one;
    const char *near = nearest_name(name, list, count);
    char *words = near ? memory_format("; did you mean '%s'?", near) : memory_copy_of("");
    free(copy);
    return words;
}

char *installation_suite(const char *name, struct error *e)
{
    if (is_suite(name))
        return memory_copy_of(name);
    char *shipped = shipped_suites();
    char *folder = memory_format("%s/%s", shipped, name);
    if (strchr(name, '/') || !is_suite(folder)) {
        char *names = installation_shipped_suites();
        char *near = nearest_in(names, name);
        error_set(e, ERROR_USAGE,
                  "no suite '%s': neither a folder with a suite.yaml nor a shipped suite (%s)%s",
                  name, names, near);
        free(near);
        free(names);
        free(folder);
        folder = NULL;
    }
    free(shipped);
    return folder;
}
