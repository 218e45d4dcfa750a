#include "testing/template_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "postgres/connection.h"

static const size_t longest_script = 64u << 20; /* bytes */

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_script(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".sql") == 0;
}

static int compare_paths(const void *a, const void *b)
{
    const struct digest_entry *x = a, *y = b;
    return strverscmp(x->path, y->path);
}

/* The scripts of the folder, in the order in which they are run. */
static bool list_scripts(const char *folder, struct digest_entry **entries, size_t *count,
                         struct error *e)
{
    if (!digest_folder(folder, entries, count, e))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (is_script((*entries)[i].path))
            (*entries)[kept++] = (*entries)[i];
        else
            free((*entries)[i].path);
    *count = kept;
    if (kept)
        qsort(*entries, kept, sizeof **entries, compare_paths);
    return kept || error_set(e, ERROR_USAGE, "%s: has no .sql files", folder);
}

static bool digest_sql(const char *path, char digest[DIGEST_LENGTH + 1], struct error *e)
{
    struct digest_entry *entries = NULL;
    size_t count = 0;
    if (!is_folder(path))
        return digest_file(path, digest, e);
    bool good = list_scripts(path, &entries, &count, e);
    if (good)
        digest_list(entries, count, digest);
    digest_list_free(entries, count);
    return good;
}

bool template_source_id(const struct pgr_template_source *s, char id[RUN_ID_LENGTH + 1],
                        struct error *e)
{
    char files[DIGEST_LENGTH + 1] = "", whole[DIGEST_LENGTH + 1];
    id[0] = '\0';
    if (s->sql && !digest_sql(s->sql, files, e))
        return false;
    if (s->make && !s->version)
        return true;
    char *all = memory_format("template of %s %s", files, s->version ? s->version : "");
    digest_bytes(all, strlen(all), whole);
    snprintf(id, RUN_ID_LENGTH + 1, "%.*s", RUN_ID_LENGTH, whole);
    free(all);
    return true;
}

static bool run_script(struct connection *c, const char *path, struct error *e)
{
    struct text sql = {0};
    bool good =
        text_read_file(&sql, path, longest_script)
            ? connection_run(c, text_string(&sql), e) || error_prefix(e, "%s", path)
            : error_set(e, file_error_kind(errno), "%s: cannot be read: %s", path, strerror(errno));
    text_release(&sql);
    return good;
}

static bool run_folder_scripts(struct connection *c, const char *folder, struct error *e)
{
    struct digest_entry *entries = NULL;
    size_t count = 0;
    bool good = list_scripts(folder, &entries, &count, e);
    for (size_t i = 0; good && i < count; i++) {
        char *path = memory_format("%s/%s", folder, entries[i].path);
        good = run_script(c, path, e);
        free(path);
    }
    digest_list_free(entries, count);
    return good;
}

static bool run_sql(const char *path, const char *url, struct error *e)
{
    struct connection c = {0};
    bool good = connection_open_as_it_is(&c, url, NULL, e) &&
                (is_folder(path) ? run_folder_scripts(&c, path, e) : run_script(&c, path, e));
    connection_close(&c);
    return good;
}

bool template_source_fill(const struct pgr_template_source *s, const char *url, struct error *e)
{
    if (s->sql && !run_sql(s->sql, url, e))
        return false;
    return !s->make || s->make(url, s->context) ||
           error_set(e, ERROR_UNAVAILABLE, "the template's make() failed");
}
