#include "production/backups/backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/private_file.h"
#include "base/regular_file.h"
#include "base/remove_tree.h"
#include "base/text.h"
#include "ground/run_folder.h"
#include "production/backups/backup.h"

static const char sums_name[] = "SHA256SUMS";
static const size_t sums_limit = 64u << 20; /* bytes */

static char *folder_of(const char *path)
{
    char *copy = memory_copy_of(path);
    char *folder = memory_copy_of(dirname(copy));
    free(copy);
    return folder;
}

static char *digest_path(const char *path, bool folder)
{
    return folder ? memory_format("%s/%s", path, sums_name) : memory_format("%s.sha256", path);
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool cannot_write(const char *path, struct error *e)
{
    return error_set(e, ERROR_UNAVAILABLE, "cannot write the backup %s: %s", path, strerror(errno));
}

static bool is_free(const char *path, struct error *e)
{
    char *beside = digest_path(path, false);
    struct stat status;
    const char *taken = lstat(path, &status) == 0     ? path
                        : lstat(beside, &status) == 0 ? beside
                                                      : NULL;
    if (taken)
        error_set(e, ERROR_UNAVAILABLE, "%s already exists: it is not overwritten", taken);
    free(beside);
    return taken == NULL;
}

/* A file without a name, which vanishes with us; on file systems without such, one with a name. */
static bool open_file(struct backup_file *f, struct error *e)
{
    char *folder = folder_of(f->path);
    f->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    free(folder);
    f->nameless = f->fd >= 0;
    if (f->nameless) {
        f->written = memory_format("/proc/%ld/fd/%d", (long)getpid(), f->fd);
        return true;
    }
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
        return cannot_write(f->path, e);
    f->written = memory_format("%s.part", f->path);
    unlink(f->written); /* of one that was killed */
    f->fd = open(f->written, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    return f->fd >= 0 || cannot_write(f->path, e);
}

bool backup_file_begin(struct backup_file *f, const char *path, bool folder, bool fleeting,
                       struct error *e)
{
    *f = (struct backup_file){.path = path, .folder = folder, .fleeting = fleeting, .fd = -1};
    if (!is_free(path, e))
        return false;
    if (!folder)
        return open_file(f, e);
    f->written = memory_format("%s.part", path);
    remove_tree(f->written); /* of one that was killed */
    return true;
}

uint64_t backup_file_size(const char *path)
{
    uint64_t bytes = 0;
    char *roots[] = {(char *)path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;
    while (tree && (entry = fts_read(tree)))
        if (entry->fts_info == FTS_F)
            bytes += (uint64_t)entry->fts_statp->st_size;
    if (tree)
        fts_close(tree);
    return bytes;
}

uint64_t backup_file_bytes(const struct backup_file *f)
{
    struct stat status;
    if (f->fd < 0)
        return backup_file_size(f->written);
    return fstat(f->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static bool flush_path(const char *path, struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (!good)
        cannot_write(path, e);
    if (fd >= 0)
        close(fd);
    return good;
}

/* The lines "SHA256  NAME" of a folder's files, except for the list itself. */
static bool list_folder(const char *path, struct text *lines, struct error *e)
{
    struct digest_entry *entries;
    size_t count;
    bool good = digest_folder(path, &entries, &count, e);
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].path, sums_name) != 0)
            text_append_format(lines, "%s  %s\n", entries[i].sha256, entries[i].path);
    digest_list_free(entries, count);
    return good;
}

static bool list_file(const char *read_from, const char *path, struct text *lines, struct error *e)
{
    char digest[DIGEST_LENGTH + 1];
    if (!digest_file(read_from, digest, e))
        return false;
    char *copy = memory_copy_of(path);
    text_append_format(lines, "%s  %s\n", digest, basename(copy));
    free(copy);
    return true;
}

/* Whole or not at all: written under another name first. */
static bool write_digest(const char *path, const struct text *lines, struct error *e)
{
    char *part = memory_format("%s.part", path);
    FILE *file = private_file_open(part);
    bool good = file != NULL;
    if (file) {
        good =
            fputs(text_string(lines), file) >= 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
        good = fclose(file) == 0 && good;
        good = good && rename(part, path) == 0;
    }
    if (!good) {
        cannot_write(path, e);
        unlink(part);
    }
    free(part);
    return good;
}

static bool name_file(struct backup_file *f, struct error *e)
{
    if (f->nameless ? linkat(AT_FDCWD, f->written, AT_FDCWD, f->path, AT_SYMLINK_FOLLOW) == 0
                    : renameat2(AT_FDCWD, f->written, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0)
        return true;
    return cannot_write(f->path, e);
}

/* pg_dump itself has flushed its folder. */
static bool finish_folder(struct backup_file *f, struct error *e)
{
    struct text lines = {0};
    char *sums = digest_path(f->written, true);
    bool good = f->fleeting || (list_folder(f->written, &lines, e) &&
                                write_digest(sums, &lines, e) && flush_path(f->written, e));
    free(sums);
    text_release(&lines);
    return good && name_file(f, e);
}

static bool finish_file(struct backup_file *f, struct error *e)
{
    struct text lines = {0};
    if (f->fleeting)
        return name_file(f, e);
    char *beside = digest_path(f->path, false);
    bool good = (fsync(f->fd) == 0 || cannot_write(f->path, e)) &&
                list_file(f->written, f->path, &lines, e) && name_file(f, e);
    if (good && !write_digest(beside, &lines, e)) {
        unlink(f->path);
        good = false;
    }
    free(beside);
    text_release(&lines);
    return good;
}

bool backup_file_finish(struct backup_file *f, struct error *e)
{
    bool good = f->folder ? finish_folder(f, e) : finish_file(f, e);
    char *folder = folder_of(f->path);
    good = good && (f->fleeting || flush_path(folder, e));
    free(folder);
    return good;
}

void backup_file_release(struct backup_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->written && !f->nameless) { /* once finished there is nothing of that name */
        if (f->folder)
            remove_tree(f->written);
        else
            unlink(f->written);
    }
    free(f->written);
    *f = (struct backup_file){.fd = -1};
}

void backup_remove(const char *path)
{
    if (is_folder(path)) {
        remove_tree(path);
        return;
    }
    char *beside = digest_path(path, false);
    unlink(beside);
    unlink(path);
    free(beside);
}

/* Names the first file whose line is in the one list and not in the other. */
static bool compare_lists(const char *path, const char *noted, const char *found, struct error *e)
{
    if (strcmp(noted, found) == 0)
        return true;
    size_t same = 0, start = 0;
    while (noted[same] && noted[same] == found[same]) {
        same++;
        if (noted[same - 1] == '\n')
            start = same;
    }
    const char *line = noted[start] ? noted + start : found + start;
    size_t length = strcspn(line, "\n");
    size_t name = length > DIGEST_LENGTH + 2 ? DIGEST_LENGTH + 2 : 0;
    return error_set(e, ERROR_UNAVAILABLE,
                     "the backup %s has changed since it was written: %.*s is missing, new or "
                     "changed, by its SHA-256",
                     path, (int)(length - name), line + name);
}

bool backup_file_verify(const char *path, bool *has_digest, struct error *e)
{
    bool folder = is_folder(path), good = true;
    char *sums = digest_path(path, folder);
    struct text noted = {0}, found = {0};
    *has_digest = access(sums, F_OK) == 0;
    if (*has_digest) {
        good = text_read_file(&noted, sums, sums_limit) ||
               error_set(e, ERROR_UNAVAILABLE, "%s: %s", sums, file_reason(errno));
        good = good && (folder ? list_folder(path, &found, e) : list_file(path, path, &found, e)) &&
               compare_lists(path, text_string(&noted), text_string(&found), e);
    }
    free(sums);
    text_release(&noted);
    text_release(&found);
    return good;
}
