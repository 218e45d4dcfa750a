#include "migrator/migrator.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/call.h"
#include "migrator/confinement.h"
#include "migrator/preload.h"
#include "migrator/profile.h"
#include "postgres/url.h"

static const size_t most_lines = 100000;
static const char revision_placeholder[] = "{revision}";

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
    const char *template = call_template(m, action);
    return template ? fill_in(template, revision) : NULL;
}

void migrator_confine(struct migrator *m, char **why)
{
    *why = m->definition->network ? NULL : confinement_refusal();
    m->confined = !m->definition->network && !*why;
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

bool migrator_complete(struct migrator *m, struct error *e)
{
    struct profile_set set = {0};
    if (m->definition->profile) {
        if (profile_set_load(&set, NULL, NULL, e))
            m->completed = profile_complete(&set, m->definition, e);
        if (m->completed)
            m->definition = m->completed;
    }
    m->around = surroundings_load(NULL, e);
    m->surroundings = m->around;
    profile_set_release(&set);
    return e->kind == ERROR_NONE;
}

bool migrator_needs_port(const struct migrator *m)
{
    return m->definition->port && !m->confined;
}

/* As it stands in a URL; NULL for none. To be freed. */
static char *encode_password(const char *password)
{
    struct url secret = {.user = (char *)"", .password = (char *)password};
    if (!password)
        return NULL;
    char *formatted = url_format(&secret, true); /* postgresql://:PASSWORD@/ */
    char *encoded = memory_copy_of(strchr(formatted + strlen("postgresql:"), ':') + 1);
    encoded[strcspn(encoded, "@")] = '\0';
    free(formatted);
    return encoded;
}

static bool run_call(const struct call *c, struct confinement *confinement,
                     struct migrator_result *result, double time_limit, struct error *e)
{
    const struct migrator *m = c->migrator;
    const char *password = c->url.password ? c->url.password : getenv("PGPASSWORD");
    char *encoded = encode_password(password);
    struct listener listener = {result, password, encoded};
    struct preload_call preload = {m->preloads, c, confinement};
    struct process_request request = {.command = c->command,
                                      .sees = SEES_ALL,
                                      .directory = m->directory,
                                      .environment = (const char *const *)c->environment,
                                      .time_limit = time_limit,
                                      .cancel = m->cancel,
                                      .group = m->group,
                                      .on_line = take_line,
                                      .context = &listener,
                                      .enter = confinement ? confinement_enter : NULL,
                                      .enter_context = confinement,
                                      .start = preload_start,
                                      .start_context = &preload};
    bool good = process_run(&request, &result->process, e);
    read_status(&result->process);
    free(encoded);
    if (good && was_not_found(result))
        good = error_set(e, ERROR_UNAVAILABLE,
                         "migrator %s is not installed or cannot be run: %s; run pgrehearse doctor",
                         m->definition->name, migrator_last_line(result));
    return good;
}

/* The URL as the migrator sees it from inside; to be freed. NULL on failure. */
static char *confine(struct confinement *c, const struct migrator *m, const char *url,
                     struct error *e)
{
    struct url inside = {0};
    char *seen = NULL;
    if (url_parse(&inside, url, e) && confinement_prepare(c, &inside, m->definition->port, e))
        seen = url_format(&inside, true);
    url_release(&inside);
    return seen;
}

bool migrator_run(const struct migrator *m, enum migrator_action action, const char *revision,
                  const char *url, double time_limit, struct migrator_result *result,
                  struct error *e)
{
    struct stat status;
    struct call call = {0};
    struct confinement confinement = {0};
    bool confined = m->confined && action != MIGRATOR_VERSION;
    *result = (struct migrator_result){0};
    if (stat(m->directory, &status) != 0 || !S_ISDIR(status.st_mode))
        return error_set(e, ERROR_USAGE, "%s: no such folder for migrator %s", m->directory,
                         m->definition->name);
    char *seen = confined ? confine(&confinement, m, url, e) : memory_copy_of(url);
    bool good = seen && call_prepare(&call, m, action, revision, seen, url, e) &&
                run_call(&call, confined ? &confinement : NULL, result, time_limit, e);
    call_release(&call);
    confinement_release(&confinement);
    free(seen);
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
    profile_free(m->completed);
    surroundings_free(m->around);
    *m = (struct migrator){0};
}
