#include "migrate/folder.h"

#include <errno.h>
#include <fts.h>

#include "base/memory.h"
#include "base/regular_file.h"

enum { MOST_FILES = 100000 };

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_hidden(const FTSENT *entry)
{
    return entry->fts_level > 0 && entry->fts_name[0] == '.';
}

static bool take_entry(struct folder *f, FTS *tree, FTSENT *entry, const char *directory, bool deep,
                       struct error *e)
{
    bool is_folder = entry->fts_info == FTS_D;
    if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR ||
        (entry->fts_info == FTS_NS && entry->fts_level == 0))
        return error_set(e, ERROR_USAGE, "cannot read the migrations folder %s: %s",
                         entry->fts_path, strerror(entry->fts_errno));
    if (is_folder && entry->fts_level > 0 && (!deep || is_hidden(entry)))
        fts_set(tree, entry, FTS_SKIP);
    if (entry->fts_info != FTS_F || is_hidden(entry))
        return true;
    if (entry->fts_level == 0)
        return error_set(e, ERROR_USAGE, "cannot read the migrations folder %s: %s", directory,
                         strerror(ENOTDIR));
    char **path = memory_append(&f->paths, &f->count, sizeof *f->paths);
    *path = memory_copy_of(entry->fts_path + strlen(directory) + 1);
    return f->count <= MOST_FILES ||
           error_set(e, ERROR_USAGE, "more than %d files in %s: this is not a folder of migrations",
                     MOST_FILES, directory);
}

/* Without slashes at its end, so that a path's rest begins behind the next one. */
static char *plain_name(const char *directory)
{
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/')
        length--;
    return memory_format("%.*s", (int)length, directory);
}

bool folder_list(struct folder *f, const char *directory, bool deep, struct error *e)
{
    *f = (struct folder){0};
    char *name = plain_name(directory), *roots[] = {name, NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    bool good =
        tree || error_set(e, file_error_kind(errno), "cannot read the migrations folder %s: %s",
                          directory, strerror(errno));
    FTSENT *entry;
    while (good && (entry = fts_read(tree)))
        good = take_entry(f, tree, entry, name, deep, e);
    if (tree)
        fts_close(tree);
    if (f->count)
        qsort(f->paths, f->count, sizeof *f->paths, by_path);
    free(name);
    return good;
}

void folder_release(struct folder *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->paths[i]);
    free(f->paths);
    *f = (struct folder){0};
}

char *folder_path(const char *directory, const char *below)
{
    if (strcmp(directory, ".") == 0)
        return memory_copy_of(below);
    const char *slash = directory[strlen(directory) - 1] == '/' ? "" : "/";
    return memory_format("%s%s%s", directory, slash, below);
}
