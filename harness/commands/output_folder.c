#include "commands/output_folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* Why a folder could not be made; what was said of an earlier one counts more. */
static void make_folder(const char *path, int *reason)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST && !*reason)
        *reason = errno;
}

bool output_folder_prepare(const char *folder, struct error *e)
{
    if (!folder[0])
        return error_set(e, ERROR_USAGE, "--output: expected the name of a folder");
    int reason = 0;
    char *path = memory_copy_of(folder);
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        make_folder(path, &reason);
        *p = '/';
    }
    make_folder(path, &reason);
    char bytes[8192]; /* a full disk still takes an empty file */
    memset(bytes, '\n', sizeof bytes);
    char *logs = memory_format("%s/logs", path), *probe = memory_format("%s/.writable", logs);
    make_folder(logs, &reason);
    FILE *file = fopen(probe, "we");
    bool good = file && fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes;
    if (file && fclose(file) != 0)
        good = false;
    if (!good)
        error_set(e, ERROR_UNAVAILABLE,
                  "the output folder %s cannot be written: %s; give another with --output", folder,
                  strerror(reason ? reason : errno));
    unlink(probe);
    free(probe);
    free(logs);
    free(path);
    return good;
}
