#include "base/remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool is_itself_or_parent(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool remove_entries(DIR *folder);

/* One descriptor a level, since there may be few left. */
static bool remove_folder_at(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (!folder && fd >= 0)
        close(fd);
    bool good = folder && remove_entries(folder);
    int saved = errno;
    if (folder)
        closedir(folder);
    errno = saved;
    return good && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

/* unlink(2) says EISDIR or, where POSIX is followed to the letter, EPERM for a folder. */
static bool remove_entry(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    return (errno == EISDIR || errno == EPERM) && remove_folder_at(parent, name);
}

/* What cannot be removed is passed over; errno is the last one's. */
static bool remove_entries(DIR *folder)
{
    int trouble = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (!is_itself_or_parent(entry->d_name) && !remove_entry(dirfd(folder), entry->d_name))
            trouble = errno ? errno : EIO;
    errno = trouble;
    return !trouble;
}

bool remove_contents(int fd)
{
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = own >= 0 ? fdopendir(own) : NULL;
    if (!folder && own >= 0)
        close(own);
    bool good = folder && remove_entries(folder);
    int saved = errno;
    if (folder)
        closedir(folder);
    errno = saved;
    return good;
}

bool remove_tree(const char *path)
{
    return remove_folder_at(AT_FDCWD, path) || errno == ENOENT;
}
