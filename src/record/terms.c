#include "record/terms.h"

#include <string.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

static const double git_limit = 5; /* seconds */

const char *circumstance_value(const struct run_record *r, const char *name)
{
    for (size_t i = 0; i < r->circumstance_count; i++)
        if (strcmp(r->circumstances[i].name, name) == 0)
            return r->circumstances[i].value;
    return NULL;
}

static void append_term(struct text *t, const char *name, const char *value)
{
    text_append_format(t, "%s=%s\n", name, value ? value : "?");
}

static void append_circumstances(struct text *t, const struct run_record *r)
{
    static const char *const whole[] = {"server", "seed", "processors", "processor", "jobs"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        append_term(t, whole[i], circumstance_value(r, whole[i]));
    for (size_t i = 0; i < r->circumstance_count; i++) {
        const struct circumstance *c = &r->circumstances[i];
        if (strncmp(c->name, "setting.", 8) == 0 || strncmp(c->name, "size.", 5) == 0 ||
            strncmp(c->name, "extension.", 10) == 0 || strcmp(c->name, "source") == 0)
            append_term(t, c->name, c->value);
    }
}

/* Of the server its major version, of the system its architecture: the rest changes too often. */
static void append_parts(struct text *t, const struct run_record *r)
{
    const char *version = circumstance_value(r, "server_version");
    const char *kernel = circumstance_value(r, "system");
    const char *machine = kernel ? strrchr(kernel, ' ') : NULL;
    text_append_format(t, "major=%.*s\n", (int)strcspn(version ? version : "?", "."),
                       version ? version : "?");
    append_term(t, "architecture", machine ? machine + 1 : kernel);
}

void terms_of(const struct run_record *r, char digest[DIGEST_LENGTH + 1])
{
    struct text t = {0};
    append_term(&t, "suite", r->suite);
    append_term(&t, "baseline", r->baseline);
    append_term(&t, "target", r->target);
    append_term(&t, "migrator", r->migrator);
    append_parts(&t, r);
    append_circumstances(&t, r);
    for (size_t i = 0; i < r->scenario_count; i++)
        if (strcmp(r->scenarios[i].name, "history") != 0) /* it only looks at the others */
            append_term(&t, "scenario", r->scenarios[i].name);
    digest_bytes(text_string(&t), t.length, digest);
    text_release(&t);
}

/* What git says in the folder, to be freed; NULL where it cannot say anything. */
static char *ask_git(const char *folder, const char *command, const struct cancel *cancel)
{
    /* a hook of git has variables that point git elsewhere */
    static const char *const environment[] = {
        "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_DIR",    "GIT_WORK_TREE",
        "GIT_COMMON_DIR",       "GIT_INDEX_FILE",        "GIT_PREFIX", NULL};
    struct process_request request = {.command = command,
                                      .sees = SEES_GIT,
                                      .directory = folder,
                                      .environment = environment,
                                      .time_limit = git_limit,
                                      .cancel = cancel};
    struct process_result result = {0};
    struct error ignored = {0};
    char *answer = NULL;
    if (process_run(&request, &result, &ignored) && process_succeeded(&result))
        answer = text_one_line(text_string(&result.output));
    process_result_release(&result);
    return answer;
}

static void record_commit(struct run_record *r, const struct cancel *cancel)
{
    /* fsmonitor would be a program that the repository names */
    char *commit = ask_git(r->migrations, "git rev-parse --verify --short=12 HEAD", cancel);
    char *changes =
        commit
            ? ask_git(r->migrations,
                      "git -c core.fsmonitor=false status --porcelain -- . | head -c 100", cancel)
            : NULL;
    if (commit && changes) {
        char *value = memory_format("%s%s", commit, *changes ? "+" : "");
        record_add_circumstance(r, "migrations.commit", value);
        free(value);
    }
    free(changes);
    free(commit);
}

void migrations_record(struct run_record *r, const struct cancel *cancel)
{
    struct digest_entry *entries = NULL;
    size_t count = 0;
    struct error ignored = {0};
    char digest[DIGEST_LENGTH + 1];
    if (!r->migrations || circumstance_value(r, "migrations.digest"))
        return;
    if (digest_folder(r->migrations, &entries, &count, &ignored)) {
        digest_list(entries, count, digest);
        record_add_circumstance(r, "migrations.digest", digest);
    }
    digest_list_free(entries, count);
    record_commit(r, cancel);
}
