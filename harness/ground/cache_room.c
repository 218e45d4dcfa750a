#include "ground/cache_room.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/memory.h"
#include "base/remove_tree.h"
#include "ground/initdb_cache.h"

static bool is_kept(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0 && !strstr(name, INITDB_CACHE_MAKING);
}

/* The path of the one used longest ago, for the caller to free; NULL if there are fewer than
 * `most`. */
static char *oldest_of(const char *folder, const char *prefix, size_t most)
{
    DIR *d = opendir(folder);
    char *oldest = NULL;
    time_t when = 0;
    size_t count = 0;
    for (struct dirent *entry; d && (entry = readdir(d));) {
        struct stat status;
        char *path = memory_format("%s/%s", folder, entry->d_name);
        bool one = is_kept(entry->d_name, prefix) && lstat(path, &status) == 0;
        count += one;
        if (one && (!oldest || status.st_mtime < when)) {
            free(oldest);
            oldest = memory_copy_of(path);
            when = status.st_mtime;
        }
        free(path);
    }
    if (d)
        closedir(d);
    if (count >= most)
        return oldest;
    free(oldest);
    return NULL;
}

void cache_make_room(const char *folder, const char *prefix, size_t most)
{
    char *oldest;
    bool removed = true;
    while (removed && (oldest = oldest_of(folder, prefix, most))) {
        remove_tree(oldest);
        struct stat status;
        removed = lstat(oldest, &status) != 0; /* or it would be the oldest for ever */
        free(oldest);
    }
}
