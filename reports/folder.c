#include "reports/folder.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/whole_file.h"
#include "reports/html.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/tap.h"

static bool make_folder(const char *directory, struct error *e)
{
    char *path = memory_copy_of(directory);
    bool good = true;
    for (char *at = path + 1; good && path[0]; at++) {
        char here = *at;
        if (here != '/' && here != '\0')
            continue;
        *at = '\0';
        good = mkdir(path, 0777) == 0 || errno == EEXIST;
        *at = here;
        if (here == '\0')
            break;
    }
    struct stat status;
    if (good && stat(directory, &status) == 0 && !S_ISDIR(status.st_mode)) {
        good = false;
        errno = ENOTDIR;
    }
    if (!good)
        error_set(e, ERROR_UNAVAILABLE, "cannot make the folder %s: %s", directory,
                  strerror(errno));
    free(path);
    return good;
}

static char *path_in(const char *directory, const char *name)
{
    return memory_format("%s/%s", directory, name);
}

static char *tap_path(const char *directory, const char *scenario)
{
    char *name = memory_format("%.200s.tap", scenario);
    for (char *s = name; *s; s++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *s))
            *s = '_';
    if (name[0] == '.')
        name[0] = '_';
    char *path = path_in(directory, name);
    free(name);
    return path;
}

static bool write_tap(const char *path, const struct scenario_record *s, struct error *e)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    if (!out)
        return error_set(e, ERROR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
    tap_write_scenario(out, s);
    bool good = fclose(out) == 0;
    if (good)
        good = whole_file_write(path, bytes, length, e);
    else
        error_set(e, ERROR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
    free(bytes);
    return good;
}

bool reports_write(const char *directory, const struct run_record *r, struct error *e)
{
    static const struct {
        const char *name;
        bool (*write)(const char *path, const struct run_record *r, struct error *e);
    } formats[] = {
        {"junit.xml", junit_write}, {"run.json", json_write}, {"report.html", html_write}};
    bool good = true;
    if (!directory[0])
        return error_set(e, ERROR_USAGE, "the folder for the reports has an empty name");
    if (!make_folder(directory, e))
        return false;
    for (size_t i = 0; i < r->scenario_count; i++) {
        char *path = tap_path(directory, r->scenarios[i].name);
        good &= write_tap(path, &r->scenarios[i], e);
        free(path);
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char *path = path_in(directory, formats[i].name);
        good &= formats[i].write(path, r, e);
        free(path);
    }
    return good;
}
