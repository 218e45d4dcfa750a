#include "production/sources/dump_whole.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/regular_file.h"

enum { BLOCK = 512, SIZE_AT = 124, SIZE_LENGTH = 12, SUM_AT = 148, SUM_LENGTH = 8 };

/* Octal digits, or big-endian bytes behind 0x80 as pg_dump writes a size of 8 GiB and more. */
static uint64_t number_at(const unsigned char *field, size_t length)
{
    uint64_t number = 0;
    if (*field & 0x80) {
        for (size_t i = 1; i < length; i++)
            number = number << 8 | field[i];
        return number;
    }
    for (size_t i = 0; i < length; i++)
        if (field[i] >= '0' && field[i] <= '7')
            number = number * 8 + (uint64_t)(field[i] - '0');
    return number;
}

/* The sum of the header's bytes, its own field taken for blanks. */
static bool is_header(const unsigned char block[BLOCK])
{
    uint64_t sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += i >= SUM_AT && i < SUM_AT + SUM_LENGTH ? ' ' : block[i];
    return sum == number_at(block + SUM_AT, SUM_LENGTH);
}

static bool is_empty(const unsigned char block[BLOCK])
{
    static const unsigned char nothing[BLOCK];
    return memcmp(block, nothing, BLOCK) == 0;
}

static bool cut_short(const char *path, struct error *e)
{
    return error_set(e, ERROR_UNAVAILABLE,
                     "the dump %s is cut short: copy it again, whole, and compare its size", path);
}

/* Over the members; true at the two empty blocks. */
static bool walk(FILE *file, uint64_t length)
{
    unsigned char block[BLOCK];
    uint64_t at = 0;
    for (bool ending = false; at + BLOCK <= length;) {
        if (fseeko(file, (off_t)at, SEEK_SET) != 0 || fread(block, BLOCK, 1, file) != 1)
            return false;
        at += BLOCK;
        if (is_empty(block)) {
            if (ending)
                return true;
            ending = true;
            continue;
        }
        uint64_t size = number_at(block + SIZE_AT, SIZE_LENGTH);
        if (ending || !is_header(block) || size > length - at)
            return false;
        at += (size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return false;
}

bool dump_tar_is_whole(const char *path, struct error *e)
{
    struct stat status;
    FILE *file = regular_file_open(path);
    if (!file || fstat(fileno(file), &status) != 0) {
        error_set(e, ERROR_UNAVAILABLE, "the dump %s: %s", path, file_reason(errno));
        if (file)
            fclose(file);
        return false;
    }
    bool whole = walk(file, (uint64_t)status.st_size);
    fclose(file);
    return whole || cut_short(path, e);
}

/* "3343.dat", as files of rows are called; not large objects, which have no end of their own. */
static bool has_rows(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    return digits && strcmp(name + digits, ".dat") == 0;
}

/* Behind the rows pg_dump writes an empty line, with COPY and with INSERT. */
static bool ends_well(const char *path)
{
    char last[2] = "";
    FILE *file = regular_file_open(path);
    bool good = file && fseeko(file, -2, SEEK_END) == 0 && fread(last, 2, 1, file) == 1 &&
                memcmp(last, "\n\n", 2) == 0;
    if (file)
        fclose(file);
    return good;
}

bool dump_folder_is_whole(const char *path, struct error *e)
{
    DIR *folder = opendir(path);
    bool good = folder || error_set(e, ERROR_UNAVAILABLE, "the dump %s: %s", path, strerror(errno));
    for (struct dirent *entry; good && folder && (entry = readdir(folder));) {
        char *file = memory_format("%s/%s", path, entry->d_name);
        if (has_rows(entry->d_name) && !ends_well(file))
            good = cut_short(file, e);
        free(file);
    }
    if (folder)
        closedir(folder);
    return good;
}
