#include "rehearsal/files_since.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/process.h"

/*
 * Names reach the shell as variables, so none of them is read as part of the command. The exit
 * status is 2 where the request is wrong.
 */
static const char list_command[] =
    "say() { echo \"$1\" >&2; exit 2; }\n"
    "command -v git >/dev/null || { echo 'git is not installed: install the package git' >&2; exit "
    "3; }\n"
    "unset GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_PREFIX\n"
    "cd -- \"$PGREHEARSE_FOLDER\" || exit 2\n"
    "git rev-parse --is-inside-work-tree >/dev/null 2>&1 || say 'it is not in a git repository'\n"
    "commit=$(git rev-parse --verify --quiet \"$PGREHEARSE_REFERENCE^{commit}\") ||\n"
    "    say 'git knows no such commit, tag or branch'\n"
    "base=$(git merge-base \"$commit\" HEAD) ||\n"
    "    say 'it has no ancestor in common with HEAD; is the clone shallow?'\n"
    "export GIT_OPTIONAL_LOCKS=0\n"
    "echo \"=$base\"\n"
    "list() { test -z \"$2\" || printf '%s\\n' \"$2\" | sed \"s/^/$1/\"; }\n"
    "for kind in A M D; do\n"
    "    files=$(git -c core.quotePath=false -c core.fsmonitor=false diff --name-only \\\n"
    "        --no-renames --diff-filter=$kind --relative --no-ext-diff \"$base\" -- .) || exit 3\n"
    "    list $kind \"$files\"\n"
    "done\n"
    "files=$(git -c core.quotePath=false ls-files --others --exclude-standard -- .) || exit 3\n"
    "list A \"$files\"\n";

static const double patience = 60; /* seconds */

static void add_path(char ***paths, size_t *count, const char *folder, const char *name,
                     size_t length)
{
    char *path = memory_format("%s/%.*s", folder, (int)length, name);
    char *whole = realpath(path, NULL);
    if (whole)
        *(char **)memory_append(paths, count, sizeof **paths) = whole;
    free(path);
}

/* Each line begins with what it is: the commit, or a file that was added, changed or removed. */
static void add_lines(struct files_since *files, const char *folder, const char *output)
{
    for (size_t length; *output; output += length + (output[length] == '\n')) {
        length = strcspn(output, "\n");
        if (*output == '=')
            files->base = memory_format("%.*s", (int)length - 1, output + 1);
        else if (*output == 'A')
            add_path(&files->paths, &files->count, folder, output + 1, length - 1);
        else if (*output == 'M')
            add_path(&files->changed, &files->changed_count, folder, output + 1, length - 1);
        else
            files->has_removed = true;
    }
}

bool files_since_read(struct files_since *files, const char *folder, const char *commit,
                      const struct cancel *cancel, struct error *e)
{
    char *where = memory_format("PGREHEARSE_FOLDER=%s", folder);
    char *reference = memory_format("PGREHEARSE_REFERENCE=%s", commit);
    const char *const environment[] = {where, reference, NULL};
    struct process_request request = {.command = list_command,
                                      .sees = SEES_GIT,
                                      .environment = environment,
                                      .time_limit = patience,
                                      .cancel = cancel};
    struct process_result p = {0};
    *files = (struct files_since){0};
    bool good = process_run(&request, &p, e);
    if (good && !process_succeeded(&p)) {
        char *said = text_one_line(text_string(&p.log));
        good = error_set(e, p.status == 2 ? ERROR_USAGE : ERROR_UNAVAILABLE, "--since %s: %s: %s",
                         commit, folder, *said ? said : "git failed");
        free(said);
    }
    if (good)
        add_lines(files, folder, text_string(&p.output));
    process_result_release(&p);
    free(reference);
    free(where);
    return good;
}

void files_since_release(struct files_since *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    for (size_t i = 0; i < files->changed_count; i++)
        free(files->changed[i]);
    free(files->paths);
    free(files->changed);
    free(files->base);
    *files = (struct files_since){0};
}
