#include "rehearsal/baseline_key.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "ground/installation.h"

static const off_t largest_setting = 1 << 20; /* bytes of a file beside the revisions */

static bool add_file(struct text *key, const char *path)
{
    char digest[DIGEST_LENGTH + 1];
    struct error ignored = {0};
    if (!digest_file(path, digest, &ignored))
        return false;
    text_append_format(key, "%s %s\n", path, digest);
    return true;
}

static bool is_of_a_revision(const struct rehearsed_project *p, const char *path)
{
    for (size_t i = 0; i < p->revisions.count; i++)
        for (size_t j = 0; j < p->revisions.items[i].file_count; j++)
            if (strcmp(p->revisions.items[i].files[j], path) == 0)
                return true;
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Small files of a folder itself that belong to no revision: settings, helpers, lock files. */
static bool add_others(struct text *key, const struct rehearsed_project *p, const char *folder)
{
    char **paths = NULL;
    size_t count = 0;
    bool good = true;
    DIR *d = opendir(folder);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        struct stat status;
        char *path = memory_format("%s/%s", folder, entry->d_name);
        bool counts = stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
                      status.st_size <= largest_setting && !is_of_a_revision(p, path);
        if (counts)
            *(char **)memory_append(&paths, &count, sizeof *paths) = path;
        else
            free(path);
    }
    if (d)
        closedir(d);
    if (count)
        qsort(paths, count, sizeof *paths, by_name);
    for (size_t i = 0; i < count; i++) {
        good = good && add_file(key, paths[i]);
        free(paths[i]);
    }
    free(paths);
    return good && d;
}

static void add_program(struct text *key, const char *path)
{
    struct stat status = {0};
    if (path && stat(path, &status) == 0)
        text_append_format(key, "%s %llx %lld\n", path, (unsigned long long)status.st_ino,
                           (long long)status.st_mtime);
}

static void add_migrator(struct text *key, const struct rehearsed_project *p)
{
    const struct suite_migrator *m = p->project->runner;
    char *programs = installation_programs(),
         *own = memory_format("%s/pgrehearse-migrate", programs);
    text_append_format(key, "%s %d %s\n", p->project->name, p->project->by_layout,
                       m->upgrade ? m->upgrade : "");
    for (unsigned i = 0; i < p->suite->extension_count; i++)
        text_append_format(key, "extension %s\n", p->suite->extensions[i]);
    add_program(key, p->project->tool);
    add_program(key, own);
    free(own);
    free(programs);
}

char *baseline_key(const struct rehearsed_project *p, size_t count)
{
    struct text key = {0};
    bool good = !p->base.path || add_file(&key, p->base.path);
    char *above = memory_format("%s/..", p->project->folder);
    add_migrator(&key, p);
    for (size_t i = 0; good && i < count; i++) {
        const struct project_revision *r = &p->revisions.items[i];
        text_append_format(&key, "revision %s\n", r->id);
        for (size_t j = 0; good && j < r->file_count; j++)
            good = add_file(&key, r->files[j]);
    }
    good = good && add_others(&key, p, p->project->folder) && add_others(&key, p, above) &&
           add_others(&key, p, p->project->directory);
    free(above);
    if (good)
        return text_detach(&key);
    text_release(&key);
    return NULL;
}
