#include "reports/repository_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* GitHub, GitLab, Azure, Jenkins; TeamCity has none, and runs a build in its checkout. */
static const char *const workspaces[] = {"GITHUB_WORKSPACE", "CI_PROJECT_DIR",
                                         "BUILD_SOURCESDIRECTORY", "WORKSPACE"};

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool holds_repository(const char *folder)
{
    char *path = memory_format("%s/.git", folder);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* The real path of the workspace that the file lies in; NULL: none. */
static char *workspace_of(const char *real)
{
    for (size_t i = 0; i < sizeof workspaces / sizeof *workspaces; i++) {
        const char *named = getenv(workspaces[i]);
        char *folder = named && named[0] == '/' ? realpath(named, NULL) : NULL;
        if (folder && is_below(real, folder))
            return folder;
        free(folder);
    }
    return NULL;
}

static char *repository_above(const char *real)
{
    char *folder = memory_copy_of(real);
    for (char *end = folder + strlen(folder); end; end = strrchr(folder, '/')) {
        *end = '\0';
        if (*folder && holds_repository(folder))
            return folder;
    }
    free(folder);
    return NULL;
}

/* NULL: the file is in none. */
static char *root_of(const char *real)
{
    char *workspace = workspace_of(real);
    if (workspace && holds_repository(workspace))
        return workspace;
    char *root = repository_above(real);
    if (!root)
        return workspace;
    free(workspace);
    return root;
}

char *repository_path(const char *file)
{
    char *real = realpath(file, NULL);
    if (!real)
        return memory_copy_of(file);
    char *root = root_of(real);
    if (!root)
        root = getcwd(NULL, 0);
    const char *rest = real;
    if (root && root[1] && is_below(real, root))
        rest = real[strlen(root)] ? real + strlen(root) + 1 : ".";
    char *path = memory_copy_of(rest);
    free(root);
    free(real);
    return path;
}
