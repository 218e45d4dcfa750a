/* The bytes of an input as a file, for readers that take a path. */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

/* The folder of this process in TMPDIR, made once; run.t removes it. */
static inline const char *scratch_folder(void)
{
    static char *folder;
    if (folder)
        return folder;
    const char *place = getenv("TMPDIR");
    folder = memory_format("%s/pgr-fuzz-XXXXXX", place ? place : "/tmp");
    if (!mkdtemp(folder))
        abort();
    return folder;
}

/* Writes the file `name` of that folder; the path is the caller's to free. */
static inline char *scratch_file(const char *name, const uint8_t *data, size_t size)
{
    char *path = memory_format("%s/%s", scratch_folder(), name);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    return path;
}
