#include "production/backups/client_program.h"

#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/server_programs.h"
#include "postgres/connection.h"
#include "postgres/psql_line.h"
#include "postgres/server_life.h"
#include "postgres/server_version.h"
#include "postgres/url.h"
#include "production/sql.h"

const char client_program_without_new_line[] =
    " | LC_ALL=C sed -e '1,20{/^" CLIENT_PROGRAM_NEW_LINE "$/d;}'";

bool client_program_line_is_refused(int server_version)
{
    return !server_version_has(server_version, SERVER_TRANSACTION_TIMEOUT);
}

bool client_program_is_ahead(const char *program, int server_version)
{
    return client_program_line_is_refused(server_version) &&
           server_program_major(program) >= server_version_since(SERVER_TRANSACTION_TIMEOUT);
}

struct search {
    const char *name;
    int wanted;     /* major version; 0: the newest */
    bool is_old_ok; /* psql talks to newer servers, too, with a warning at most */
    char *best;
    int best_major;
};

/* The lowest of those that are new enough, else the highest. */
static bool is_better(const struct search *s, int major)
{
    bool is_new = s->wanted && major >= s->wanted, best_is_new = s->best_major >= s->wanted;
    if (!s->best || is_new != (s->wanted && best_is_new))
        return !s->best || is_new;
    return is_new ? major < s->best_major : major > s->best_major;
}

static void consider(struct search *s, const char *folder, size_t length)
{
    char *program = memory_format("%.*s/%s", (int)length, folder, s->name);
    int major = access(program, X_OK) == 0 ? server_program_major(program) : 0;
    bool fits = major > 0 && (major >= s->wanted || s->is_old_ok);
    if (fits && is_better(s, major)) {
        free(s->best);
        s->best = program;
        s->best_major = major;
    } else {
        free(program);
    }
}

char *client_program_find(const char *name, int server_version, struct error *e)
{
    struct search s = {
        .name = name, .wanted = server_version / 10000, .is_old_ok = strcmp(name, "psql") == 0};
    struct error ignored = {0};
    char *beside = server_programs_find(NULL, 0, &ignored);
    if (beside)
        consider(&s, beside, strlen(beside));
    free(beside);
    glob_t found = {0};
    if (s.best_major != s.wanted) {
        glob("/usr/lib/postgresql/*/bin", 0, NULL, &found);
        glob("/usr/pgsql-*/bin", GLOB_APPEND, NULL, &found);
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        consider(&s, found.gl_pathv[i], strlen(found.gl_pathv[i]));
    globfree(&found);
    for (const char *path = getenv("PATH"); path && *path && !s.best;) {
        size_t length = strcspn(path, ":");
        consider(&s, path, length);
        path += length + (path[length] == ':');
    }
    if (!s.best && s.wanted)
        error_set(e, ERROR_UNAVAILABLE,
                  "no %s of PostgreSQL %d or newer here: install the package "
                  "postgresql-client-%d (from the PostgreSQL project's repository, if this system "
                  "has none)",
                  name, s.wanted, s.wanted);
    else if (!s.best)
        error_set(e, ERROR_UNAVAILABLE, "no %s here: install the package postgresql-client", name);
    return s.best;
}

bool client_program_append_url(struct text *command, const char *url, struct error *e)
{
    /* parameters of libpq that are secrets (PostgreSQL manual, 34.1.2) */
    static const char *const secrets[] = {
        "sslpassword=", "oauth_client_secret=", "scram_client_key=", "scram_server_key="};
    struct url u;
    if (!url_parse(&u, url, e))
        return false;
    const char *secret = NULL;
    for (size_t i = 0; u.options && i < sizeof secrets / sizeof *secrets; i++)
        if (strstr(u.options, secrets[i]))
            secret = secrets[i];
    char *shown = url_format(&u, false);
    if (!secret) {
        text_append(command, " --dbname ");
        text_append_word(command, shown);
    }
    free(shown);
    url_release(&u);
    return !secret || error_set(e, ERROR_USAGE,
                                "a URL with %.*s cannot be passed to pg_dump without exposing it: "
                                "use a key without a passphrase, or a password",
                                (int)strlen(secret) - 1, secret);
}

struct child {
    const struct process_request *request;
    struct process_result *result;
    struct error error;
    bool good;
    atomic_bool ended;
};

static void *run_child(void *context)
{
    struct child *child = context;
    child->good = process_run(child->request, child->result, &child->error);
    child->ended = true;
    return NULL;
}

/* The process runs on another thread, so that its progress can be told on this one. */
static bool run_ticking(const struct client_program_request *request,
                        const struct process_request *process, struct process_result *result,
                        struct error *e)
{
    struct child child = {.request = process, .result = result};
    pthread_t thread;
    if (!request->tick || pthread_create(&thread, NULL, run_child, &child) != 0)
        return process_run(process, result, e);
    for (unsigned round = 0; !child.ended; round++) {
        usleep(10000);
        if (round % 20 == 19)
            request->tick(request->context);
    }
    pthread_join(thread, NULL);
    request->tick(request->context);
    return child.good || error_take(e, &child.error);
}

/* Where the message on an error begins in the line, or NULL. */
static const char *error_in(const char *line)
{
    static const char *const words[] = {"error: ", "ERROR:  ", "FATAL:  ", "PANIC:  "};
    const char *with_state = psql_line_error(line);
    if (with_state)
        return with_state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *place = strstr(line, words[i]);
        if (place)
            return place + strlen(words[i]);
    }
    return NULL;
}

static const double quiet_limit =
    120; /* seconds in which neither it nor the server does anything */

/* Seconds: no child of ours runs for ever, even if it goes round in circles. */
static double patience_for(uint64_t bytes)
{
    return 3600 + (double)bytes / 1e6;
}

struct listener {
    const struct client_program_request *request;
    struct text error; /* the first that it told */
    struct text last;  /* what it said last on standard error */
    bool complete;     /* the server's own words stand behind the error */
    bool refused;      /* the one line that it may refuse */
    bool asked;        /* the next line says which command an error is about */
    bool proven;
};

/* pg_dump tells the server's words in a line of their own. */
static void listen(void *context, double seconds, bool on_stderr, const char *line)
{
    static const char server_said[] = "Error message from server: ";
    struct listener *l = context;
    const struct client_program_request *request = l->request;
    if (request->on_line)
        request->on_line(request->context, seconds, on_stderr, line);
    if (!on_stderr) {
        l->proven = l->proven || (request->proof && strcmp(line, request->proof) == 0);
        return;
    }
    const char *detail = strstr(line, server_said), *message = error_in(line);
    if (l->asked && strstr(line, CLIENT_PROGRAM_NEW_LINE)) { /* "Command was: SET …;" */
        l->refused = true;
        text_clear(&l->error);
    }
    l->asked = request->is_ahead && message && !l->error.length;
    if (detail && l->error.length && !l->complete) {
        text_append_format(&l->error, " %s", detail + strlen(server_said));
        l->complete = true;
    } else if (message && !l->error.length) {
        text_append(&l->error, message);
    }
    text_clear(&l->last);
    text_append(&l->last, line);
}

static bool judge(const struct listener *l, const struct process_result *result, struct error *e)
{
    bool proven = !l->request->proof || l->proven;
    bool only_refused = l->refused && !l->error.length; /* then pg_restore went on, and exits 1 */
    if (proven && result->ending == PROCESS_EXITED &&
        (result->status == 0 || (result->status == 1 && only_refused)))
        return true;
    char *ending = process_ending_text(result);
    char *line = text_one_line(text_string(l->error.length ? &l->error : &l->last));
    error_set(e, ERROR_UNAVAILABLE, "%s %s: %.700s", l->request->name, ending,
              *line ? line : "it printed nothing");
    free(line);
    free(ending);
    return false;
}

/*
 * Whether the server works for it, which itself does nothing: then one of its sessions is active,
 * and its process is not stopped. A server that cannot be asked works for nobody.
 */
static bool is_served(void *context)
{
    const struct client_program_request *request = context;
    const char *const values[] = {request->name};
    struct connection c = {0};
    struct error ignored = {0};
    PGresult *sessions = NULL;
    bool served = false;
    if (connection_open(&c, request->url, request->cancel, &ignored))
        sessions = connection_query(&c, sql_client_sessions, 1, values, &ignored);
    for (int i = 0; sessions && !served && i < PQntuples(sessions); i++)
        served = strcmp(PQgetvalue(sessions, i, 1), "t") == 0 &&
                 !server_life_process_is_stopped(c.pg, PQgetvalue(sessions, i, 0));
    PQclear(sessions);
    connection_close(&c);
    return served;
}

bool client_program_run(const struct client_program_request *request, struct error *e)
{

    struct url u = {0};
    if (request->url && !url_parse(&u, request->url, e))
        return false;
    char *password = u.password ? memory_format("PGPASSWORD=%s", u.password) : NULL;
    const char *environment[4] = {"LC_ALL=C"};
    size_t count = 1;
    if (password)
        environment[count++] = password;
    if (request->mark)
        environment[count++] = request->mark;
    struct process_result result = {0};
    struct listener listener = {.request = request};
    struct process_request process = {.command = request->command,
                                      .sees = request->url ? SEES_SERVER : SEES_USUAL,
                                      .environment = environment,
                                      .time_limit = patience_for(request->bytes),
                                      .quiet_limit = quiet_limit,
                                      .is_served = request->url ? is_served : NULL,
                                      .served_context = (void *)request,
                                      .output_limit = 1, /* the listener hears it all */
                                      .cancel = request->cancel,
                                      .on_line = listen,
                                      .context = &listener};
    bool good = run_ticking(request, &process, &result, e) && judge(&listener, &result, e);
    text_release(&listener.error);
    text_release(&listener.last);
    process_result_release(&result);
    free(password);
    url_release(&u);
    return good;
}
