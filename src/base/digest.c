#include "base/digest.h"

#include <errno.h>
#include <fts.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"

static void to_hexadecimal(const unsigned char *bytes, char digest[DIGEST_LENGTH + 1])
{
    for (size_t i = 0; i < DIGEST_LENGTH / 2; i++)
        snprintf(digest + 2 * i, 3, "%02x", bytes[i]);
}

static EVP_MD_CTX *begin(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        memory_exhausted(); /* no memory, or a library without SHA-256 */
    return context;
}

static void end(EVP_MD_CTX *context, char digest[DIGEST_LENGTH + 1])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(context, bytes, NULL);
    EVP_MD_CTX_free(context);
    to_hexadecimal(bytes, digest);
}

void digest_bytes(const void *bytes, size_t length, char digest[DIGEST_LENGTH + 1])
{
    EVP_MD_CTX *context = begin();
    EVP_DigestUpdate(context, bytes, length);
    end(context, digest);
}

bool digest_file(const char *path, char digest[DIGEST_LENGTH + 1], struct error *e)
{
    FILE *file = regular_file_open(path);
    if (!file)
        return error_set(e, ERROR_UNAVAILABLE, "%s: %s", path, file_reason(errno));
    EVP_MD_CTX *context = begin();
    char bytes[64 << 10];
    size_t got;
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        EVP_DigestUpdate(context, bytes, got);
    bool good = !ferror(file);
    int reason = errno;
    fclose(file);
    end(context, digest);
    return good || error_set(e, ERROR_UNAVAILABLE, "%s: %s", path, strerror(reason));
}

static bool is_left_out(const FTSENT *entry)
{
    if (entry->fts_level == 0)
        return false;
    if (entry->fts_info == FTS_D)
        return entry->fts_name[0] == '.' || strcmp(entry->fts_name, "__pycache__") == 0;
    return entry->fts_namelen > 0 && entry->fts_name[entry->fts_namelen - 1] == '~';
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct digest_entry *)a)->path, ((const struct digest_entry *)b)->path);
}

static bool add_file(const FTSENT *entry, size_t folder_length, struct digest_entry **entries,
                     size_t *count, struct error *e)
{
    const char *relative = entry->fts_path + folder_length;
    struct digest_entry *new = memory_append(entries, count, sizeof **entries);
    new->path = memory_copy_of(relative + strspn(relative, "/"));
    return digest_file(entry->fts_accpath, new->sha256, e);
}

bool digest_folder(const char *folder, struct digest_entry **entries, size_t *count,
                   struct error *e)
{
    *entries = NULL;
    *count = 0;
    char *roots[] = {memory_copy_of(folder), NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    bool good = tree != NULL;
    FTSENT *entry;
    while (good && (entry = fts_read(tree))) {
        if (entry->fts_info == FTS_D && is_left_out(entry))
            fts_set(tree, entry, FTS_SKIP);
        else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
                 entry->fts_info == FTS_NS)
            good = error_set(e, ERROR_UNAVAILABLE, "%s: %s", entry->fts_path,
                             strerror(entry->fts_errno));
        else if (entry->fts_info == FTS_F && !is_left_out(entry))
            good = add_file(entry, strlen(folder), entries, count, e);
    }
    if (tree)
        fts_close(tree);
    else
        error_set(e, ERROR_UNAVAILABLE, "%s: %s", folder, strerror(errno));
    free(roots[0]);
    if (good && *count)
        qsort(*entries, *count, sizeof **entries, by_path);
    return good;
}

void digest_list(const struct digest_entry *entries, size_t count, char digest[DIGEST_LENGTH + 1])
{
    struct text lines = {0};
    for (size_t i = 0; i < count; i++)
        text_append_format(&lines, "%s  %s\n", entries[i].sha256, entries[i].path);
    digest_bytes(text_string(&lines), lines.length, digest);
    text_release(&lines);
}

void digest_list_free(struct digest_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(entries[i].path);
    free(entries);
}
