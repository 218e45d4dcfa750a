#include "reports/report_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/whole_file.h"

bool report_folder_make(const char *folder, struct error *e)
{
    char *path = memory_copy_of(folder);
    bool good = true;
    for (char *at = path + 1; good && path[0]; at++) {
        char here = *at;
        if (here != '/' && here != '\0')
            continue;
        *at = '\0';
        good = mkdir(path, 0700) == 0 || errno == EEXIST;
        *at = here;
        if (here == '\0')
            break;
    }
    struct stat status;
    if (good && stat(folder, &status) == 0 && !S_ISDIR(status.st_mode)) {
        good = false;
        errno = ENOTDIR;
    }
    if (!good)
        error_set(e, ERROR_UNAVAILABLE, "cannot make the folder %s: %s", folder, strerror(errno));
    free(path);
    return good;
}

static char *scenario_path(const char *folder, const char *scenario)
{
    char *name = memory_format("%.200s.tap", scenario);
    for (char *s = name; *s; s++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *s))
            *s = '_';
    if (name[0] == '.')
        name[0] = '_';
    char *path = memory_format("%s/%s", folder, name);
    free(name);
    return path;
}

static bool write_scenarios(const struct reporter *reporter, const char *folder,
                            const struct run_record *r, struct error *e)
{
    bool good = true;
    for (size_t i = 0; i < r->scenario_count; i++) {
        struct text t = {0};
        char *path = scenario_path(folder, r->scenarios[i].name);
        reporter->render_scenario(&t, &r->scenarios[i]);
        good &= whole_file_write(path, text_string(&t), t.length, e);
        text_release(&t);
        free(path);
    }
    return good;
}

/* One write, so that what others append comes before or after it. */
static bool append_to(const char *path, const struct text *t, struct error *e)
{
    FILE *file = fopen(path, "ae");
    errno = file ? 0 : errno;
    bool good = file && fwrite(text_string(t), 1, t->length, file) == t->length;
    if (file && fclose(file) != 0)
        good = false;
    return good || error_set(e, ERROR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
}

bool report_file_write(const struct reporter *reporter, const char *path, FILE *out,
                       const struct run_record *r, struct error *e)
{
    if (reporter->render_scenario)
        return write_scenarios(reporter, path, r, e);
    struct text t = {0};
    bool good;
    reporter->render(&t, r);
    if (strcmp(path, "-") == 0) {
        good = fwrite(text_string(&t), 1, t.length, out) == t.length && fflush(out) == 0;
        if (!good)
            error_set(e, ERROR_UNAVAILABLE, "the report %s cannot be written: %s", reporter->name,
                      strerror(errno));
    } else if (reporter->appends)
        good = append_to(path, &t, e);
    else
        good = whole_file_write(path, text_string(&t), t.length, e);
    text_release(&t);
    return good;
}

bool reports_write(const char *folder, const struct run_record *r, struct error *e)
{
    bool good = true;
    if (!folder[0])
        return error_set(e, ERROR_USAGE, "the folder for the reports has an empty name");
    if (!report_folder_make(folder, e))
        return false;
    for (const struct reporter *const *row = reporter_table; *row; row++) {
        if (!(*row)->file)
            continue;
        char *path = (*row)->render_scenario ? memory_copy_of(folder)
                                             : memory_format("%s/%s", folder, (*row)->file);
        good &= report_file_write(*row, path, stdout, r, e);
        free(path);
    }
    return good;
}
