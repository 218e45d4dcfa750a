#include "git_folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "memory.h"
#include "process.h"
#include "text.h"

/* Names reach the shell as variables, so none of them is read as part of the command. */
static const char extract[] =
    "git -C \"$PGREHEARSE_FOLDER\" rev-parse --verify --quiet \"$PGREHEARSE_REFERENCE^{commit}\" "
    ">/dev/null || { echo 'no such commit, tag or branch' >&2; exit 2; }\n"
    "git -C \"$PGREHEARSE_FOLDER\" archive --format=tar --output=\"$PGREHEARSE_INTO.tar\" "
    "\"$PGREHEARSE_REFERENCE\" . || exit 2\n"
    "tar -xf \"$PGREHEARSE_INTO.tar\" -C \"$PGREHEARSE_INTO\" || exit 3\n"
    "rm -f \"$PGREHEARSE_INTO.tar\"\n"
    "test -n \"$(ls -A \"$PGREHEARSE_INTO\")\" || { echo 'it was not there' >&2; exit 2; }\n";

static const double patience = 120; /* seconds */

static bool judge(const struct process_result *p, const char *folder, const char *reference,
                  struct error *e)
{
    if (p->ending == PROCESS_EXITED && p->status == 0)
        return true;
    char *said = text_one_line(text_string(&p->log));
    bool usage = p->ending == PROCESS_EXITED && p->status == 2;
    error_set(e, usage ? ERROR_USAGE : ERROR_UNAVAILABLE,
              "--base-ref %s: the migrations of %s cannot be had from git: %.400s", reference,
              folder, *said ? said : "git or tar failed");
    free(said);
    return false;
}

bool git_folder_extract(const char *folder, const char *reference, const char *into,
                        const struct cancel *cancel, struct error *e)
{
    if (!*reference || *reference == '-')
        return error_set(e, ERROR_USAGE, "--base-ref %s: expected a tag, branch or commit",
                         reference);
    if (mkdir(into, 0700) != 0)
        return error_set(e, ERROR_UNAVAILABLE, "%s: %s", into, strerror(errno));
    char *variables[] = {memory_format("PGREHEARSE_FOLDER=%s", folder),
                         memory_format("PGREHEARSE_REFERENCE=%s", reference),
                         memory_format("PGREHEARSE_INTO=%s", into), NULL};
    struct process_request request = {.command = extract,
                                      .environment = (const char *const *)variables,
                                      .time_limit = patience,
                                      .cancel = cancel};
    struct process_result result = {0};
    bool good = process_run(&request, &result, e) && judge(&result, folder, reference, e);
    process_result_release(&result);
    for (size_t i = 0; variables[i]; i++)
        free(variables[i]);
    return good;
}
