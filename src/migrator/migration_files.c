#include "migrator/migration_files.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"

static const size_t longest_file = 1u << 20; /* bytes */
enum { MOST_FILES = 5000, MOST_DEPTH = 8, SHORTEST_STATEMENT = 10 };

struct walk {
    const char *folder;
    migration_file_fn *each;
    void *context;
    unsigned files;
};

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "node_modules") != 0 &&
           strcmp(entry->d_name, "__pycache__") != 0;
}

static bool visit_file(struct walk *w, const char *path, struct error *e)
{
    struct text text = {0};
    bool good = true;
    if (w->files++ < MOST_FILES && text_read_file(&text, path, longest_file) && text.data &&
        strlen(text.data) == text.length)
        good = w->each(w->context, path + strlen(w->folder) + 1, text.data, e);
    text_release(&text);
    return good;
}

static bool visit(struct walk *w, const char *folder, int depth, struct error *e)
{
    struct dirent **entries = NULL;
    int count = depth < MOST_DEPTH ? scandir(folder, &entries, is_shown, alphasort) : -1;
    bool good = true;
    for (int i = 0; i < count; i++) {
        char *path = memory_format("%s/%s", folder, entries[i]->d_name);
        struct stat status;
        if (good && stat(path, &status) == 0)
            good = S_ISDIR(status.st_mode)   ? visit(w, path, depth + 1, e)
                   : S_ISREG(status.st_mode) ? visit_file(w, path, e)
                                             : true;
        free(path);
        free(entries[i]);
    }
    free(entries);
    return good;
}

bool migration_files_each(const char *folder, migration_file_fn *each, void *context,
                          struct error *e)
{
    struct walk w = {.folder = folder, .each = each, .context = context};
    return visit(&w, folder, 0, e);
}

struct hunt {
    const char *statement;
    char *file;
    unsigned line;
};

static bool look_into(void *context, const char *file, const char *text, struct error *e)
{
    struct hunt *h = context;
    (void)e;
    const char *found = strstr(text, h->statement);
    if (!found)
        return true;
    h->file = memory_copy_of(file);
    h->line = text_line_of(text, found);
    return false; /* that will do */
}

/* Those of `own` that lie in the folder; true once the hunt is over. */
static bool look_into_own(struct walk *w, char *const *own, size_t count)
{
    struct error ignored = {0};
    size_t length = strlen(w->folder);
    for (size_t i = 0; i < count; i++)
        if (strncmp(own[i], w->folder, length) == 0 && own[i][length] == '/' &&
            !visit_file(w, own[i], &ignored))
            return true;
    return false;
}

bool migration_files_find(const char *folder, const struct revision_files *own,
                          const char *statement, char **file, unsigned *line)
{
    struct error ignored = {0};
    while (isspace((unsigned char)*statement))
        statement++;
    size_t length = strlen(statement);
    while (length &&
           (isspace((unsigned char)statement[length - 1]) || statement[length - 1] == ';'))
        length--;
    char *trimmed = memory_format("%.*s", (int)length, statement);
    struct hunt h = {.statement = trimmed};
    struct walk w = {.folder = folder, .each = look_into, .context = &h};
    if (length >= SHORTEST_STATEMENT && !look_into_own(&w, own->paths, own->count))
        migration_files_each(folder, look_into, &h, &ignored);
    free(trimmed);
    *file = h.file;
    *line = h.line;
    return h.file != NULL;
}
