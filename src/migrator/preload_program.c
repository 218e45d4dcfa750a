#include "migrator/preload_program.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { LONGEST_FIRST_LINE = 256 }; /* that the kernel reads (execve(2)) */

/* Characters by which a shell does more than to split words. Braces are our placeholders'. */
static const char of_shells[] = "|&;<>()$`\\\"'*?[]#~=%!\n\t";

static char **split(const struct call *c, const char *template)
{
    char **words = NULL;
    size_t count = 0;
    for (const char *p = template + strspn(template, " "); *p; p += strspn(p, " ")) {
        size_t length = strcspn(p, " ");
        char *word = memory_format("%.*s", (int)length, p);
        *(char **)memory_append(&words, &count, sizeof *words) = call_fill(c, word, false);
        free(word);
        p += length;
    }
    *(char **)memory_append(&words, &count, sizeof *words) = NULL;
    return words;
}

static bool can_run(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* The value of a variable as the call has it. */
static const char *value_in(const struct call *c, const char *name)
{
    size_t length = strlen(name);
    for (char **v = c->environment; v && *v; v++)
        if (strncmp(*v, name, length) == 0 && ((*v)[length] == '=' || !(*v)[length]))
            return (*v)[length] ? *v + length + 1 : NULL;
    return getenv(name);
}

/* As a shell finds it; NULL: it does not. An empty entry of PATH is left to the shell. To be freed.
 */
static char *find(const struct call *c, const char *name)
{
    const char *path = value_in(c, "PATH");
    if (strchr(name, '/'))
        return name[0] == '/' && can_run(name) ? memory_copy_of(name) : NULL;
    for (const char *p = path ? path : ""; *p == '/';) {
        size_t length = strcspn(p, ":");
        char *tried = memory_format("%.*s/%s", (int)length, p, name);
        if (can_run(tried))
            return tried;
        free(tried);
        p += length + (p[length] == ':');
    }
    return NULL;
}

/* "#!INTERPRETER OPTION", where the option is the rest of the line (execve(2)). */
static bool read_first_line(struct preload_program *p, const char *path)
{
    char line[LONGEST_FIRST_LINE];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t got = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
    if (fd >= 0)
        close(fd);
    line[got > 0 ? got : 0] = '\0';
    size_t end = strcspn(line, "\n");
    if (strncmp(line, "#!", 2) != 0 || line[end] != '\n')
        return false;
    while (end > 2 && (line[end - 1] == ' ' || line[end - 1] == '\t'))
        end--;
    line[end] = '\0';
    char *name = line + 2 + strspn(line + 2, " \t");
    size_t length = strcspn(name, " \t");
    char *option = name + length + strspn(name + length, " \t");
    p->option = *option ? memory_copy_of(option) : NULL;
    p->interpreter = memory_format("%.*s", (int)length, name);
    return p->interpreter[0] == '/' && can_run(p->interpreter);
}

bool preload_program_is_plain(const char *template)
{
    return !template[strcspn(template, of_shells)];
}

bool preload_program_find(struct preload_program *p, const struct call *c, const char *template)
{
    *p = (struct preload_program){0};
    if (!preload_program_is_plain(template))
        return false;
    p->arguments = split(c, template);
    char *path = p->arguments[0] ? find(c, p->arguments[0]) : NULL;
    if (!path)
        return false;
    free(p->arguments[0]);
    p->arguments[0] = path;
    return read_first_line(p, path);
}

void preload_program_release(struct preload_program *p)
{
    memory_free_strings(p->arguments);
    free(p->interpreter);
    free(p->option);
    *p = (struct preload_program){0};
}
