#include "migrate/client_script.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "postgres/psql_line.h"
#include "postgres/url.h"

enum { PSQL_FAILED = 3, SHELL_FOUND_NOTHING = 127 }; /* exit codes: psql's manual page, sh */

/*
 * The part in a file of its own, behind as many empty lines as stand before it in its file, so
 * that psql counts its lines as we do. NULL, with the error set, if it cannot be written.
 */
static char *write_copy(const struct migration_step *step, struct error *e)
{
    const char *folder = getenv("TMPDIR");
    char *path = memory_format("%s/pgrehearse-migrate-XXXXXX", folder && *folder ? folder : "/tmp");
    int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    bool good = file != NULL;
    for (size_t line = 1; good && line < step->line; line++)
        good = fputc('\n', file) != EOF;
    good = good && fputs(step->sql, file) != EOF;
    good = file && fclose(file) == 0 && good;
    if (good)
        return path;
    error_set(e, ERROR_UNAVAILABLE, "%s: cannot be written: %s", path, strerror(errno));
    if (descriptor >= 0)
        unlink(path);
    free(path);
    return NULL;
}

struct listener {
    const struct client_script *script;
    struct statement_failure *failure;
};

/* "psql:FILE:12: ERROR:  42601: …": the number before the second colon before the SQLSTATE. */
static size_t line_number(const char *line, const char *error)
{
    const char *p = error - strlen(":  ");
    while (p > line && (*p == ':' || *p == ' ')) /* in French a blank is before the colon */
        p--;
    while (p > line && *p != ' ') /* over the word */
        p--;
    if (p > line)
        p--; /* on the colon */
    while (p > line && p[-1] >= '0' && p[-1] <= '9')
        p--;
    return strtoul(p, NULL, 10);
}

/* Any other line is only logged. */
static void listen(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds;
    struct listener *l = context;
    struct statement_failure *f = l->failure;
    const char *error = on_stderr ? psql_line_error(line) : NULL;
    if (!error || f->message) {
        migration_log_line(l->script->log, "%s", line);
        return;
    }
    f->line = line_number(line, error);
    snprintf(f->sqlstate, sizeof f->sqlstate, "%.5s", error);
    f->message = text_one_line(error + strlen("42601: "));
}

static char *command_of(const struct client_script *s, const char *file, const struct url *u)
{
    struct text command = {0};
    char *shown = url_format(u, false);
    text_append(&command, "exec psql --no-psqlrc --quiet --no-password --set=ON_ERROR_STOP=1 "
                          "--set=VERBOSITY=verbose");
    if (s->one_transaction)
        text_append(&command, " --single-transaction");
    text_append(&command, " --file=");
    text_append_word(&command, file);
    text_append(&command, " --dbname=");
    text_append_word(&command, shown);
    free(shown);
    return text_detach(&command);
}

static enum statement_outcome take_result(const struct process_result *result,
                                          struct statement_failure *f, struct error *e)
{
    if (process_succeeded(result))
        return STATEMENT_DONE;
    if (result->ending == PROCESS_EXITED && result->status == SHELL_FOUND_NOTHING)
        error_set(e, ERROR_UNAVAILABLE,
                  "the file contains psql commands, but psql is not on the PATH: install the "
                  "package postgresql-client");
    if (!f->message) {
        char *ending = process_ending_text(result);
        f->message = memory_format("psql %s", ending);
        free(ending);
    }
    bool refused = result->ending == PROCESS_EXITED && result->status == PSQL_FAILED;
    return refused ? STATEMENT_REFUSED : STATEMENT_LOST;
}

static enum statement_outcome run(const struct client_script *s, const char *file,
                                  const char *directory, const struct url *u,
                                  struct statement_failure *f, struct error *e)
{
    char *command = command_of(s, file, u);
    char *password = u->password ? memory_format("PGPASSWORD=%s", u->password) : NULL;
    const char *const environment[] = {"PGCLIENTENCODING=UTF8", password, NULL};
    struct listener listener = {s, f};
    const struct process_request request = {.command = command,
                                            .sees = SEES_ALL,
                                            .directory = directory,
                                            .environment = environment,
                                            .cancel = s->cancel,
                                            .on_line = listen,
                                            .context = &listener};
    struct process_result result = {0};
    struct error failure = {0};
    enum statement_outcome outcome = STATEMENT_INTERRUPTED;
    if (process_run(&request, &result, &failure))
        outcome = take_result(&result, f, e);
    else if (failure.kind != ERROR_INTERRUPTED)
        error_take(e, &failure);
    process_result_release(&result);
    free(command);
    free(password);
    return outcome;
}

/* The folder of a path; to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? memory_format("%.*s", (int)(slash - path), path) : memory_copy_of(".");
}

/* Parameters of libpq that psql would only take in sight of everybody who lists the processes. */
static bool check_secrets(const struct url *u, struct error *e)
{
    static const char *const secrets[] = {"sslpassword=", "oauth_client_secret=", "scram_"};
    for (size_t i = 0; u->options && i < sizeof secrets / sizeof *secrets; i++)
        if (strstr(u->options, secrets[i]))
            return error_set(e, ERROR_USAGE,
                             "a URL with %s… cannot be passed to psql without exposing it: use a "
                             "key without a passphrase, or a password",
                             secrets[i]);
    return true;
}

enum statement_outcome client_script_run(const struct client_script *s, struct statement_failure *f,
                                         struct error *e)
{
    const struct migration_part *part = s->part;
    struct url u;
    enum statement_outcome outcome = STATEMENT_LOST;
    if (url_parse(&u, s->database, e) && check_secrets(&u, e)) {
        char *copy = part->whole ? NULL : write_copy(part->steps, e);
        char *file = part->whole ? realpath(part->path, NULL) : memory_copy_of(copy);
        char *directory = folder_of(part->path);
        if (file)
            outcome = run(s, file, directory, &u, f, e);
        if (copy)
            unlink(copy);
        free(copy);
        free(file);
        free(directory);
    }
    url_release(&u);
    return outcome;
}
