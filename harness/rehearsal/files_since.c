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
    "git -c core.quotePath=false -c core.fsmonitor=false diff --name-only --diff-filter=ACR \\\n"
    "    --relative --no-ext-diff \"$base\" -- . || exit 3\n"
    "git -c core.quotePath=false ls-files --others --exclude-standard -- . || exit 3\n";

static const double patience = 60; /* seconds */

static void add_lines(struct files_since *files, const char *folder, const char *output)
{
    for (size_t length; *output; output += length + (output[length] == '\n')) {
        length = strcspn(output, "\n");
        char *path = memory_format("%s/%.*s", folder, (int)length, output);
        char *whole = realpath(path, NULL);
        if (whole)
            *(char **)memory_append(&files->paths, &files->count, sizeof *files->paths) = whole;
        free(path);
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
    free(files->paths);
    *files = (struct files_since){0};
}
