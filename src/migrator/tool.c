#include "migrator/tool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "migrator/environment.h"

enum { MOST_ABOVE = 8 };

static const double works_limit = 60; /* seconds */

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* FOLDER/RELATIVE if it is a program, to be freed; else NULL. */
static char *program_in(const char *folder, size_t length, const char *relative)
{
    char *path = memory_format("%.*s/%s", (int)length, folder, relative);
    if (is_program(path))
        return path;
    free(path);
    return NULL;
}

static char *find_above(const char *directory, const char *relative)
{
    size_t length = strlen(directory);
    for (int i = 0; i < MOST_ABOVE; i++) {
        char *path = program_in(directory, length, relative);
        if (path || length == 0)
            return path;
        while (length > 0 && directory[--length] != '/')
            ;
    }
    return NULL;
}

static char *find_on_path(const char *name)
{
    const char *folders = getenv("PATH");
    for (const char *p = folders ? folders : "/usr/bin:/bin"; *p;) {
        size_t length = strcspn(p, ":");
        char *path = length ? program_in(p, length, name) : NULL;
        if (path)
            return path;
        p += length + (p[length] == ':');
    }
    return NULL;
}

static bool does_work(const char *template, const char *program, const char *directory,
                      const struct surroundings *around)
{
    static const char place[] = "{tool}";
    const char *at = strstr(template, place);
    struct text command = {0};
    text_append_bytes(&command, template, at ? (size_t)(at - template) : strlen(template));
    if (at) {
        text_append_word(&command, program);
        text_append(&command, at + strlen(place));
    }
    char **environment = environment_without_servers(around);
    struct process_request request = {.command = text_string(&command),
                                      .sees = SEES_ALL,
                                      .environment = (const char *const *)environment,
                                      .directory = directory,
                                      .time_limit = works_limit};
    struct process_result result = {0};
    struct error ignored = {0};
    bool works = process_run(&request, &result, &ignored) && process_succeeded(&result);
    process_result_release(&result);
    text_release(&command);
    for (char **v = environment; *v; v++)
        free(*v);
    free(environment);
    return works;
}

char *tool_find(const struct suite_tool *tool, const char *directory,
                const struct surroundings *around)
{
    for (unsigned i = 0; tool && i < tool->program_count; i++) {
        const char *name = tool->programs[i];
        char *path = strchr(name, '/') && name[0] != '/' ? find_above(directory, name)
                     : name[0] == '/'                    ? program_in("", 0, name + 1)
                                                         : find_on_path(name);
        if (path && (!tool->works || does_work(tool->works, path, directory, around)))
            return path;
        free(path);
    }
    return NULL;
}
