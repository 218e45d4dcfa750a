#include "ground/server_programs.h"

#include <glob.h>
#include <unistd.h>

#include "base/memory.h"

/* The number in /usr/lib/postgresql/NUMBER/bin. */
static long version_in(const char *bin)
{
    const char *digits = strpbrk(bin, "0123456789");
    return digits ? strtol(digits, NULL, 10) : 0;
}

/* Debian keeps extensions in /usr/share/postgresql/NUMBER, others beside the programs. */
static bool has_extension(const char *bin, const char *extension)
{
    char *places[] = {
        memory_format("/usr/share/postgresql/%ld/extension/%s.control", version_in(bin), extension),
        memory_format("%s/../share/extension/%s.control", bin, extension),
        memory_format("%s/../share/postgresql/extension/%s.control", bin, extension)};
    bool there = false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        there = there || access(places[i], R_OK) == 0;
        free(places[i]);
    }
    return there;
}

static size_t count_extensions(const char *bin, const char *const *extensions, size_t count)
{
    size_t there = 0;
    for (size_t i = 0; i < count; i++)
        there += has_extension(bin, extensions[i]);
    return there;
}

/* The folder of the first initdb on PATH, or NULL. */
static char *find_on_path(void)
{
    for (const char *path = getenv("PATH"); path && *path;) {
        int length = (int)strcspn(path, ":");
        char *bin = memory_format("%.*s", length, path);
        char *program = memory_format("%s/initdb", bin);
        bool there = access(program, X_OK) == 0;
        free(program);
        if (there)
            return bin;
        free(bin);
        path += length + (path[length] == ':');
    }
    return NULL;
}

char *server_programs_find(const char *const *extensions, size_t count, struct error *e)
{
    const char *chosen = getenv("PGREHEARSE_PG_BIN");
    if (chosen && *chosen)
        return memory_copy_of(chosen);
    glob_t found = {0};
    glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found);
    glob("/usr/pgsql-*/bin/initdb", GLOB_APPEND, NULL, &found);
    char *best = NULL;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *bin = memory_copy_of(found.gl_pathv[i]);
        *strrchr(bin, '/') = '\0';
        size_t here = count_extensions(bin, extensions, count);
        size_t there = best ? count_extensions(best, extensions, count) : 0;
        bool better =
            !best || here > there || (here == there && version_in(bin) > version_in(best));
        free(better ? best : bin);
        best = better ? bin : best;
    }
    globfree(&found);
    if (!best)
        best = find_on_path();
    if (!best)
        error_set(e, ERROR_UNAVAILABLE,
                  "no PostgreSQL server here: install the package "
                  "postgresql, or give --server URL");
    return best;
}
