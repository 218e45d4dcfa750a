#include "migrator/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "migrator/expression.h"
#include "migrator/revisions.h"

static const size_t longest_file = 64u << 20; /* bytes */

static bool cannot(struct error *e, const char *what, const char *path)
{
    return error_set(e, ERROR_UNAVAILABLE, "cannot %s %s: %s", what, path, strerror(errno));
}

static bool make_folder(const char *path, struct error *e)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST || cannot(e, "make the folder", path);
}

/* Makes the folders above `path`, from `from` bytes on. */
static bool make_folders_above(const char *path, size_t from, struct error *e)
{
    bool good = true;
    for (const char *p = strchr(path + from, '/'); p && good; p = strchr(p + 1, '/')) {
        char *folder = memory_format("%.*s", (int)(p - path), path);
        good = make_folder(folder, e);
        free(folder);
    }
    return good;
}

static bool write_file(const char *path, const char *content, size_t length, struct error *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return cannot(e, "write", path);
    bool good = true;
    for (size_t at = 0; at < length && good;) {
        ssize_t written = write(fd, content + at, length - at);
        good = written >= 0 || errno == EINTR;
        at += written > 0 ? (size_t)written : 0;
    }
    if (close(fd) != 0 || !good)
        return cannot(e, "write", path);
    return true;
}

/* The project's file, with the replacements made in it. */
static bool copy_replaced(const struct call *c, const struct suite_written_file *f,
                          const char *path, struct error *e)
{
    struct text content = {0};
    char *from = call_fill(c, f->copy, false);
    char *source = from[0] == '/' ? memory_copy_of(from)
                                  : memory_format("%s/%s", c->migrator->directory, from);
    bool good =
        text_read_file(&content, source, longest_file) ||
        error_set(e, file_error_kind(errno), "%s: cannot be read: %s", source, file_reason(errno));
    char *text = memory_copy_of(text_string(&content));
    for (unsigned i = 0; i < f->replace_count; i++) {
        char *filled = call_fill(c, f->replace[i].text ? f->replace[i].text : "", false);
        char *replaced = expression_replace(f->replace[i].pattern, filled, text);
        free(filled);
        free(text);
        text = replaced;
    }
    good = good && write_file(path, text, strlen(text), e);
    free(text);
    free(source);
    free(from);
    text_release(&content);
    return good;
}

static bool write_one(const struct call *c, const struct suite_written_file *f, struct error *e)
{
    char *path = memory_format("%s/%s", c->staged, f->name);
    bool good = make_folders_above(path, strlen(c->staged) + 1, e);
    if (good && f->copy) {
        good = copy_replaced(c, f, path, e);
    } else if (good) {
        char *text = call_fill(c, f->text, false);
        good = write_file(path, text, strlen(text), e);
        free(text);
    }
    free(path);
    return good;
}

static bool make_staged(struct call *c, struct error *e)
{
    const char *temporary = getenv("TMPDIR");
    char *folder =
        memory_format("%s/pgrehearse-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(folder)) {
        cannot(e, "make the folder", folder);
        free(folder);
        return false;
    }
    c->staged = folder;
    call_name(c, "staged", memory_copy_of(folder));
    return true;
}

static bool copy_file(const char *from, const char *to, struct error *e)
{
    struct text content = {0};
    bool good =
        text_read_file(&content, from, longest_file) ||
        error_set(e, file_error_kind(errno), "%s: cannot be read: %s", from, file_reason(errno));
    good = good && write_file(to, text_string(&content), content.length, e);
    text_release(&content);
    return good;
}

/* Whether the path is a revision's that comes after the last one wanted, or a part of one. */
static bool is_later(const struct revision_list *list, size_t wanted, const char *path)
{
    for (size_t i = wanted; i < list->count; i++)
        for (size_t j = 0; j < list->items[i].file_count; j++)
            if (strcmp(list->items[i].files[j], path) == 0)
                return true;
    return false;
}

static bool copy_folder(const struct revision_list *list, size_t wanted, const char *from,
                        const char *to, struct error *e)
{
    DIR *d = opendir(from);
    if (!d)
        return cannot(e, "read the folder", from);
    bool good = make_folder(to, e);
    for (struct dirent *entry; good && (entry = readdir(d));) {
        struct stat status;
        char *source = memory_format("%s/%s", from, entry->d_name);
        char *target = memory_format("%s/%s", to, entry->d_name);
        if (entry->d_name[0] != '.' && stat(source, &status) == 0) {
            if (S_ISDIR(status.st_mode))
                good = copy_folder(list, wanted, source, target, e);
            else if (S_ISREG(status.st_mode) && !is_later(list, wanted, source))
                good = copy_file(source, target, e);
        }
        free(source);
        free(target);
    }
    closedir(d);
    return good;
}

/* Folders of which only empty shells were copied are not revisions. */
static int remove_empty(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    if (type == FTW_DP && place->level > 0)
        (void)(rmdir(path) == 0);
    return 0;
}

static bool stage_folder(struct call *c, const char *revision, struct error *e)
{
    const struct migrator *m = c->migrator;
    size_t place = m->revisions ? revision_list_place(m->revisions, revision) : SIZE_MAX;
    if (place == SIZE_MAX)
        return error_set(e, ERROR_USAGE, "%s has no revision %s",
                         m->folder ? m->folder : "the project", revision);
    char *stage =
        call_fill(c, m->definition->stage ? m->definition->stage : "{staged}/revisions", false);
    bool good = make_folders_above(stage, strlen(c->staged) + 1, e) &&
                copy_folder(m->revisions, place + 1, m->folder, stage, e);
    if (good) {
        nftw(stage, remove_empty, 16, FTW_DEPTH | FTW_PHYS);
        call_name(c, "folder", memory_copy_of(stage));
    }
    free(stage);
    return good;
}

/* A migrator that cannot be given a revision is given a folder that ends with it. */
static bool needs_staged_folder(const struct call *c, const char *revision)
{
    return c->action == MIGRATOR_UPGRADE && c->migrator->definition->reaches == REACH_NEWEST &&
           revision && c->migrator->folder;
}

bool staging_make(struct call *c, const char *revision, struct error *e)
{
    const struct suite_migrator *m = c->migrator->definition;
    bool folder = needs_staged_folder(c, revision), good = true;
    if (!folder && m->file_count == 0)
        return true;
    if (!make_staged(c, e) || (folder && !stage_folder(c, revision, e)))
        return false;
    for (unsigned i = 0; i < m->file_count && good; i++)
        good = write_one(c, &m->files[i], e);
    return good;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

void staging_remove(struct call *c)
{
    if (c->staged)
        nftw(c->staged, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(c->staged);
    c->staged = NULL;
}
