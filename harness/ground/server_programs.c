#include "ground/server_programs.h"

#include <glob.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

static const char given_folders[] = "PGREHEARSE_PG_BIN";

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

int server_program_major(const char *program)
{
    struct text command = {0};
    struct error ignored = {0};
    struct process_result result;
    int major = 0;
    text_append_word(&command, program);
    text_append(&command, " --version");
    struct process_request request = {.command = text_string(&command), .time_limit = 10};
    if (process_run(&request, &result, &ignored)) {
        const char *word = strstr(text_string(&result.output), "(PostgreSQL) ");
        major = word ? (int)strtol(word + strlen("(PostgreSQL) "), NULL, 10) : 0;
    }
    process_result_release(&result);
    text_release(&command);
    return major;
}

/* 0: of any version. */
static bool has_initdb(const char *bin, int major)
{
    char *program = memory_format("%s/initdb", bin);
    bool there = access(program, X_OK) == 0 && (!major || server_program_major(program) == major);
    free(program);
    return there;
}

/* The first folder of a list like PATH that has an initdb of the version, or NULL. */
static char *find_in_list(const char *folders, int major)
{
    for (const char *at = folders; at && *at;) {
        int length = (int)strcspn(at, ":");
        char *bin = memory_format("%.*s", length, at);
        if (has_initdb(bin, major))
            return bin;
        free(bin);
        at += length + (at[length] == ':');
    }
    return NULL;
}

char *server_programs_of(int major, struct error *e)
{
    char *usual = memory_format("/usr/lib/postgresql/%d/bin:/usr/pgsql-%d/bin", major, major);
    char *bin = find_in_list(getenv(given_folders), major);
    if (!bin)
        bin = find_in_list(usual, major);
    if (!bin)
        bin = find_in_list(getenv("PATH"), major);
    if (!bin)
        error_set(e, ERROR_USAGE,
                  "no server of PostgreSQL %d here: install the package postgresql-%d, or name its "
                  "folder bin in PGREHEARSE_PG_BIN",
                  major, major);
    free(usual);
    return bin;
}

char *server_programs_find(const char *const *extensions, size_t count, struct error *e)
{
    const char *chosen = getenv(given_folders);
    if (chosen && *chosen)
        return memory_format("%.*s", (int)strcspn(chosen, ":"), chosen);
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
        best = find_in_list(getenv("PATH"), 0);
    if (!best)
        error_set(e, ERROR_UNAVAILABLE,
                  "no PostgreSQL server here: install the package "
                  "postgresql, or give --server URL");
    return best;
}
