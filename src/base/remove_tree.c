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

static bool remove_folder_at(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool good = fd >= 0 && remove_contents(fd);
    if (fd >= 0)
        close(fd);
    return good && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

/* unlink(2) says EISDIR or, where POSIX is followed to the letter, EPERM for a folder. */
static bool remove_entry(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    return (errno == EISDIR || errno == EPERM) && remove_folder_at(parent, name);
}

bool remove_contents(int fd)
{
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = own >= 0 ? fdopendir(own) : NULL;
    bool good = folder != NULL;
    if (!folder && own >= 0)
        close(own);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (!is_itself_or_parent(entry->d_name))
            good = remove_entry(fd, entry->d_name) && good;
    if (folder)
        closedir(folder);
    return good;
}

bool remove_tree(const char *path)
{
    return remove_folder_at(AT_FDCWD, path) || errno == ENOENT;
}
