#include "migrator/migrator_place.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pattern.h"

/* A file's name with an ending, and a line number after it. */
#define NAME "([^][ \"'`(){},;:=]*[^][ \"'`(){},;:=/.]\\.[A-Za-z]{2,4})"
static const char with_comma[] = NAME "\"?, line ([0-9]{1,7})";
static const char with_colon[] = NAME ":([0-9]{1,7})";

char *migrator_path_for_display(const char *path)
{
    char *here = getcwd(NULL, 0);
    size_t length = here ? strlen(here) : 0;
    bool below = length > 1 && strncmp(path, here, length) == 0 && path[length] == '/';
    free(here);
    return memory_copy_of(below ? path + length + 1 : path);
}

/* The regular file `name` in `folder`, which is a real path: its real path, if it is below. */
static char *path_below(const char *folder, const char *name)
{
    char *path = name[0] == '/' ? memory_copy_of(name) : memory_format("%s/%s", folder, name);
    char *real = realpath(path, NULL);
    size_t length = strlen(folder);
    struct stat status;
    bool good = real && strncmp(real, folder, length) == 0 && real[length] == '/' &&
                stat(real, &status) == 0 && S_ISREG(status.st_mode);
    free(path);
    if (good)
        return real;
    free(real);
    return NULL;
}

/* Tools name files from the folder that they were called in, or by their last part alone: the
   longest end of the name that is there counts. */
static char *find_below(const char *folder, const char *name)
{
    static const char *const usual[] = {"", "versions/", "migrations/", "deploy/", "revert/"};
    char *found = path_below(folder, name);
    for (const char *part = name; !found && part; part = strchr(part, '/')) {
        part += *part == '/';
        for (size_t i = 0; !found && i < sizeof usual / sizeof *usual; i++) {
            char *tried = memory_format("%s%s", usual[i], part);
            found = *part ? path_below(folder, tried) : NULL;
            free(tried);
        }
    }
    return found;
}

/* The last place in one line of the log; the groups of the regex are a file and a line. */
static bool place_in(const struct pattern *p, const char *text, const char *folder, char **file,
                     unsigned *line)
{
    regmatch_t parts[3];
    bool found = false;
    while (pattern_find(p, text, parts, 3) && parts[1].rm_so >= 0 && parts[2].rm_so >= 0) {
        char *name = pattern_part(text, &parts[1]);
        char *path = find_below(folder, name);
        free(name);
        if (path) {
            free(*file);
            *file = migrator_path_for_display(path);
            *line = (unsigned)strtoul(text + parts[2].rm_so, NULL, 10);
            found = true;
        }
        free(path);
        text += parts[0].rm_eo > 0 ? parts[0].rm_eo : 1;
    }
    return found;
}

/* The last line of the log in which the regex finds a place. */
static bool place_by(const char *pattern, const struct migrator_result *result, const char *folder,
                     char **file, unsigned *line)
{
    struct pattern p;
    bool found = false;
    pattern_compile_checked(&p, pattern);
    for (size_t i = result->line_count; i > 0 && !found; i--)
        found = place_in(&p, result->lines[i - 1].text, folder, file, line);
    pattern_release(&p);
    return found;
}

bool migrator_place(const struct migrator_result *result, const struct migrator *m, char **file,
                    unsigned *line)
{
    const struct suite_migrator *profile = m->definition;
    bool found = false;
    *file = NULL;
    *line = 0;
    char *folder = m->directory ? realpath(m->directory, NULL) : NULL;
    for (unsigned i = 0; folder && profile && !found && i < profile->place_count; i++)
        found = place_by(profile->places[i], result, folder, file, line);
    found = found || (folder && place_by(with_comma, result, folder, file, line)) ||
            (folder && place_by(with_colon, result, folder, file, line));
    free(folder);
    return found;
}
