#include "ground/git_folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

/*
 * Names reach the shell as variables, so none of them is read as part of the command. The exit
 * status is 2 where the request is wrong. A hook of git has variables that point git elsewhere.
 */
#define ENTER                                                                                      \
    "say() { echo \"$1\" >&2; exit 2; }\n"                                                         \
    "command -v git >/dev/null || { echo 'git is not installed: install the package git' >&2; "    \
    "exit 3; }\n"                                                                                  \
    "unset GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_PREFIX\n"                       \
    "cd -- \"$PGREHEARSE_FOLDER\" || exit 2\n"                                                     \
    "inside=$(git rev-parse --is-inside-work-tree) || exit 2\n"                                    \
    "test \"$inside\" = true || say 'it is not in a work tree: a bare repository?'\n"              \
    "more=\n"                                                                                      \
    "test \"$(git rev-parse --is-shallow-repository)\" = true &&\n"                                \
    "    more='; the clone is shallow: git fetch --tags --unshallow brings the rest'\n"

static const char extract[] = ENTER
    "commit=$(git rev-parse --verify --quiet \"$PGREHEARSE_REFERENCE^{commit}\" 2>/dev/null) ||\n"
    "    say \"no such commit, tag or branch$more\"\n"
    "git rev-parse --verify --quiet \"$commit:./\" >/dev/null || say 'the folder did not exist "
    "then'\n"
    "git archive --format=tar --output=\"$PGREHEARSE_INTO.tar\" \"$commit\" . || exit 3\n"
    "tar -xf \"$PGREHEARSE_INTO.tar\" -C \"$PGREHEARSE_INTO\" || exit 3\n"
    "rm -f \"$PGREHEARSE_INTO.tar\"\n"
    "test -n \"$(ls -A \"$PGREHEARSE_INTO\")\" ||\n"
    "    say 'git archive outputs nothing: is it a submodule, or marked export-ignore?'\n";

/* What git ignores is not in the commit, and the migrator may need it: its modules, its settings.
 */
static const char link_ignored[] =
    ENTER "git -c core.quotePath=false -c core.fsmonitor=false ls-files --others --ignored \\\n"
          "    --exclude-standard --directory -- . | while IFS= read -r path; do\n"
          "    path=${path%/}\n"
          "    test -e \"$PGREHEARSE_INTO/$path\" && continue\n"
          "    test -d \"$(dirname \"$PGREHEARSE_INTO/$path\")\" || continue\n"
          "    ln -s \"$PWD/$path\" \"$PGREHEARSE_INTO/$path\" || exit 3\n"
          "done\n";

static const char last_release[] = ENTER
    "nearest() {\n"
    "    git describe --tags --abbrev=0 --match 'v[0-9]*' --match '[0-9]*' --exclude '*-alpha*' "
    "\\\n"
    "        --exclude '*-beta*' --exclude '*-rc*' --exclude '*[0-9]a[0-9]*' \\\n"
    "        --exclude '*[0-9]b[0-9]*' --exclude '*[0-9]rc[0-9]*' \"$1\" 2>/dev/null\n"
    "}\n"
    "tag=$(nearest HEAD)\n"
    "if test -n \"$tag\" && test \"$(git rev-parse \"$tag^{commit}\")\" = \"$(git rev-parse "
    "HEAD)\"; then\n"
    "    changed=$(git -c core.fsmonitor=false status --porcelain -- . | head -c 100)\n"
    "    test -n \"$changed\" || tag=$(nearest HEAD^)\n"
    "fi\n"
    "test -n \"$tag\" || say \"no earlier release, that is, no tag like v1.2 or 1.2$more; name a\n"
    "    commit with --base-ref, or a folder with --base-migrations\"\n"
    "printf '%s' \"$tag\"\n";

static const double patience = 120; /* seconds */

static bool run_git(const char *command, char *const *variables, const struct cancel *cancel,
                    const char *what, const char *folder, char **answer, struct error *e)
{
    struct process_request request = {.command = command,
                                      .sees = SEES_GIT,
                                      .environment = (const char *const *)variables,
                                      .time_limit = patience,
                                      .cancel = cancel};
    struct process_result p = {0};
    bool good = process_run(&request, &p, e);
    if (good && !process_succeeded(&p)) {
        char *said = text_one_line(text_string(&p.log));
        bool usage = p.ending == PROCESS_EXITED && p.status == 2;
        good = error_set(e, usage ? ERROR_USAGE : ERROR_UNAVAILABLE,
                         "%s: git cannot provide the migrations of %s: %.400s", what, folder,
                         *said ? said : "git or tar failed");
        free(said);
    }
    if (good && answer)
        *answer = text_one_line(text_string(&p.output));
    process_result_release(&p);
    return good;
}

bool git_folder_extract(const char *folder, const char *option, const char *reference,
                        const char *into, const struct cancel *cancel, struct error *e)
{
    if (!*reference || *reference == '-')
        return error_set(e, ERROR_USAGE, "%s %s: expected a tag, branch or commit", option,
                         reference);
    if (mkdir(into, 0700) != 0)
        return error_set(e, ERROR_UNAVAILABLE, "%s: %s", into, strerror(errno));
    char *variables[] = {memory_format("PGREHEARSE_FOLDER=%s", folder),
                         memory_format("PGREHEARSE_REFERENCE=%s", reference),
                         memory_format("PGREHEARSE_INTO=%s", into), NULL};
    char *what = memory_format("%s %s", option, reference);
    bool good = run_git(extract, variables, cancel, what, folder, NULL, e);
    free(what);
    for (size_t i = 0; variables[i]; i++)
        free(variables[i]);
    return good;
}

bool git_folder_link_ignored(const char *folder, const char *into, const struct cancel *cancel,
                             struct error *e)
{
    char *variables[] = {memory_format("PGREHEARSE_FOLDER=%s", folder),
                         memory_format("PGREHEARSE_INTO=%s", into), NULL};
    bool good = run_git(link_ignored, variables, cancel, "ignored files", folder, NULL, e);
    free(variables[0]);
    free(variables[1]);
    return good;
}

bool git_folder_last_release(const char *folder, const struct cancel *cancel, char **tag,
                             struct error *e)
{
    char *variables[] = {memory_format("PGREHEARSE_FOLDER=%s", folder), NULL};
    bool good = run_git(last_release, variables, cancel, "the last release", folder, tag, e);
    free(variables[0]);
    return good;
}
