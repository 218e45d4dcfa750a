#include "migrator/migrator.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "postgres/url.h"

static const size_t most_lines = 100000;
static const char revision_placeholder[] = "{revision}";

static const char *command_for(const struct suite_migrator *m, enum migrator_action action)
{
    switch (action) {
    case MIGRATOR_UPGRADE:
        return m->upgrade;
    case MIGRATOR_DOWNGRADE:
        return m->downgrade;
    case MIGRATOR_CURRENT:
        return m->current;
    case MIGRATOR_HISTORY:
        return m->history;
    case MIGRATOR_STAMP:
        return m->stamp;
    case MIGRATOR_VERSION:
        return m->version;
    }
    return NULL;
}

static char *fill_in(const char *command, const char *revision)
{
    struct text t = {0};
    const char *place;
    while (revision && (place = strstr(command, revision_placeholder))) {
        text_append_bytes(&t, command, (size_t)(place - command));
        text_append_word(&t, revision);
        command = place + strlen(revision_placeholder);
    }
    text_append(&t, command);
    return text_detach(&t);
}

char *migrator_command(const struct suite_migrator *m, enum migrator_action action,
                       const char *revision)
{
    const char *template = command_for(m, action);
    return template ? fill_in(template, revision) : NULL;
}

/* Every occurrence of `secret` in `line` replaced by stars; the caller frees it. */
static char *without_secret(const char *line, const char *secret)
{
    struct text t = {0};
    const char *place;
    while (secret && *secret && (place = strstr(line, secret))) {
        text_append_bytes(&t, line, (size_t)(place - line));
        text_append(&t, "***");
        line = place + strlen(secret);
    }
    text_append(&t, line);
    return text_detach(&t);
}

struct listener {
    struct migrator_result *result;
    const char *password;   /* of the database's URL, or what libpq takes instead; or NULL */
    char *encoded_password; /* as it stands in the URL */
};

static void take_line(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)on_stderr;
    struct listener *listener = context;
    struct migrator_result *result = listener->result;
    if (result->line_count >= most_lines)
        return;
    char *once = without_secret(line, listener->password);
    struct migrator_line *kept =
        memory_append(&result->lines, &result->line_count, sizeof *result->lines);
    *kept = (struct migrator_line){seconds, without_secret(once, listener->encoded_password)};
    free(once);
}

/* NAME=VALUE, or NAME alone to unset it where the URL says nothing. */
static void add_variable(char ***variables, size_t *count, const char *name, const char *value)
{
    char **slot = memory_append(variables, count, sizeof **variables);
    *slot = value ? memory_format("%s=%s", name, value) : memory_copy_of(name);
}

/* What is told from outside takes the place of what we say ourselves. */
static bool is_told(const struct migrator *m, const char *variable)
{
    size_t length = strcspn(variable, "=");
    for (const char *const *told = m->variables; told && *told; told++)
        if (strcspn(*told, "=") == length && strncmp(*told, variable, length) == 0)
            return true;
    return false;
}

static void add_told(const struct migrator *m, char ***variables, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        if (is_told(m, (*variables)[i]))
            free((*variables)[i]);
        else
            (*variables)[kept++] = (*variables)[i];
    }
    char **all = NULL;
    size_t number = 0;
    for (size_t i = 0; i < kept; i++)
        *(char **)memory_append(&all, &number, sizeof *all) = (*variables)[i];
    for (const char *const *told = m->variables; told && *told; told++)
        *(char **)memory_append(&all, &number, sizeof *all) = memory_copy_of(*told);
    free(*variables);
    *variables = all;
    *count = number;
}

static char **make_environment(const struct migrator *m, const struct url *u, const char *url)
{
    char **variables = NULL;
    size_t count = 0;
    add_variable(&variables, &count, "DATABASE_URL", url);
    add_variable(&variables, &count, "PGHOST", u->host);
    add_variable(&variables, &count, "PGPORT", u->port);
    add_variable(&variables, &count, "PGUSER", u->user);
    add_variable(&variables, &count, "PGDATABASE", u->database);
    if (u->password)
        add_variable(&variables, &count, "PGPASSWORD", u->password);
    add_variable(&variables, &count, "PGSERVICE", NULL);
    add_variable(&variables, &count, "PGHOSTADDR", NULL);
    add_variable(&variables, &count, "PGOPTIONS",
                 m->read_only ? "-c default_transaction_read_only=on" : NULL);
    add_variable(&variables, &count, "PYTHONUNBUFFERED", "1");
    /* a migrator in Python leaves nothing beside its source; PYTHONPYCACHEPREFIX would do that too,
       but hides the compiled files of all installed packages */
    add_variable(&variables, &count, "PYTHONDONTWRITEBYTECODE", "1");
    add_variable(&variables, &count, "PYTHONPYCACHEPREFIX", NULL);
    if (m->path) {
        const char *old = getenv("PATH");
        char *path = memory_format("%s:%s", m->path, old ? old : "/usr/bin:/bin");
        add_variable(&variables, &count, "PATH", path);
        free(path);
    }
    if (m->mark)
        *(char **)memory_append(&variables, &count, sizeof *variables) = memory_copy_of(m->mark);
    add_told(m, &variables, &count);
    *(char **)memory_append(&variables, &count, sizeof *variables) = NULL;
    return variables;
}

static void free_environment(char **variables)
{
    for (char **v = variables; *v; v++)
        free(*v);
    free(variables);
}

/* 127 is the shell's word for "not found" (POSIX, 2.8.2), 126 for "cannot be executed". */
static bool was_not_found(const struct migrator_result *result)
{
    const struct process_result *p = &result->process;
    return p->ending == PROCESS_EXITED && (p->status == 127 || p->status == 126);
}

/* A status over 128 is the shell's word for a command that a signal ended (POSIX, 2.8.2). */
static void read_status(struct process_result *p)
{
    if (p->ending == PROCESS_EXITED && p->status > 128 && p->status <= 128 + SIGRTMAX) {
        p->ending = PROCESS_SIGNALLED;
        p->status -= 128;
    }
}

bool migrator_run(const struct migrator *m, enum migrator_action action, const char *revision,
                  const char *url, double time_limit, struct migrator_result *result,
                  struct error *e)
{
    *result = (struct migrator_result){0};
    if (!command_for(m->definition, action))
        return error_set(e, ERROR_USAGE, "migrator %s has no command for this in suite.yaml",
                         m->definition->name);
    struct stat status;
    if (stat(m->directory, &status) != 0 || !S_ISDIR(status.st_mode))
        return error_set(e, ERROR_USAGE, "%s: no such folder for migrator %s", m->directory,
                         m->definition->name);
    struct url parts = {0};
    if (!url_parse(&parts, url, e))
        return false;
    const char *password = parts.password ? parts.password : getenv("PGPASSWORD");
    struct url secret = {.user = (char *)"", .password = (char *)password};
    char *encoded = NULL;
    if (password) {
        char *formatted = url_format(&secret, true); /* postgresql://:PASSWORD@/ */
        encoded = memory_copy_of(strchr(formatted + strlen("postgresql:"), ':') + 1);
        encoded[strcspn(encoded, "@")] = '\0';
        free(formatted);
    }
    struct listener listener = {result, password, encoded};
    char **environment = make_environment(m, &parts, url);
    char *command = migrator_command(m->definition, action, revision);
    struct process_request request = {.command = command,
                                      .directory = m->directory,
                                      .environment = (const char *const *)environment,
                                      .time_limit = time_limit,
                                      .cancel = m->cancel,
                                      .group = m->group,
                                      .on_line = take_line,
                                      .context = &listener};
    bool good = process_run(&request, &result->process, e);
    read_status(&result->process);
    if (good && was_not_found(result))
        good = error_set(e, ERROR_UNAVAILABLE,
                         "migrator %s is not installed or cannot be run: %s; run pgrehearse doctor",
                         m->definition->name, migrator_last_line(result));
    free(command);
    free_environment(environment);
    free(encoded);
    url_release(&parts);
    return good;
}

void migrator_result_release(struct migrator_result *result)
{
    for (size_t i = 0; i < result->line_count; i++)
        free(result->lines[i].text);
    free(result->lines);
    process_result_release(&result->process);
    *result = (struct migrator_result){0};
}

const char *migrator_last_line(const struct migrator_result *result)
{
    for (size_t i = result->line_count; i > 0; i--) {
        const char *line = result->lines[i - 1].text;
        if (line[strspn(line, " \t\r")])
            return line;
    }
    return "";
}

char *migrator_tail(const struct migrator_result *result, size_t count)
{
    struct text t = {0};
    size_t from = result->line_count > count ? result->line_count - count : 0;
    for (size_t i = from; i < result->line_count; i++)
        text_append_format(&t, "%.2000s\n", result->lines[i].text);
    return text_detach(&t);
}

bool migrator_names_revision(const struct migrator_result *result, const char *revision)
{
    size_t length = strlen(revision);
    for (const char *line = text_string(&result->process.output); *line;) {
        line += strspn(line, " \t");
        if (strcspn(line, " \t\r,\n") == length && strncmp(line, revision, length) == 0)
            return true;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return false;
}

void migrator_release(struct migrator *m)
{
    free(m->directory);
    free(m->path);
    free(m->mark);
    *m = (struct migrator){0};
}
