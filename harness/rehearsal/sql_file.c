#include "rehearsal/sql_file.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "ground/migrator_role.h"
#include "postgres/url.h"
#include "production/backups/client_program.h"
#include "production/sources/dump_scan.h"
#include "production/sources/source_roles.h"

static const double patience = 600; /* seconds for a file */

/* psql's exit status when a statement of its script has failed (PostgreSQL manual, "psql"). */
enum { SCRIPT_FAILED = 3 };

enum { HEAD = 20, LONGEST = 4096 }; /* lines; bytes of one */

/* Whether its head has what pg_dump of 17 and later writes there, and servers before 17 refuse. */
static bool has_refused_line(const struct ground *g, const char *path)
{
    char line[LONGEST];
    bool has = false;
    FILE *file =
        client_program_line_is_refused(g->server->version) ? regular_file_open(path) : NULL;
    for (int i = 0; file && !has && i < HEAD && fgets(line, sizeof line, file); i++)
        has = strcmp(line, CLIENT_PROGRAM_NEW_LINE "\n") == 0;
    if (file)
        fclose(file);
    return has;
}

/* Through a pipe psql says "<stdin>" for the file's name. */
static void append_source(struct text *command, const char *path)
{
    text_append(command, "cat ");
    text_append_word(command, path);
    text_append(command, client_program_without_new_line);
    text_append(command, " | ");
}

/* psql reads what pg_dump writes: COPY with its rows behind it, and its own commands. */
static char *command_for(const struct ground *g, const char *url, const char *path, struct error *e)
{
    struct text command = {0};
    char *psql = client_program_find("psql", g->server->version, e);
    bool good = psql != NULL;
    if (good) {
        bool piped = has_refused_line(g, path);
        if (piped)
            append_source(&command, path);
        text_append_word(&command, psql);
        text_append(&command, " -X -q -o /dev/null -v ON_ERROR_STOP=1 -f ");
        text_append_word(&command, piped ? "-" : path);
        good = client_program_append_url(&command, url, e);
    }
    free(psql);
    if (good)
        return text_detach(&command);
    text_release(&command);
    return NULL;
}

static bool run_command(const struct ground *g, const char *command, const char *url,
                        struct process_result *result, struct error *e)
{
    struct url u;
    if (!url_parse(&u, url, e))
        return false;
    const char *form = g->server->form.encoding;
    char *encoding = memory_format("PGCLIENTENCODING=%s", form ? form : "UTF8");
    char *password =
        u.password ? memory_format("PGPASSWORD=%s", u.password) : memory_copy_of("PGPASSWORD");
    const char *const environment[] = {
        "PGHOSTADDR", "PGSERVICE", encoding, password, "PGOPTIONS=-c client_min_messages=warning",
        NULL};
    struct process_request request = {.command = command,
                                      .sees = SEES_SERVER,
                                      .environment = environment,
                                      .time_limit = patience,
                                      .cancel = g->cancel};
    bool good = process_run(&request, result, e);
    free(password);
    free(encoding);
    url_release(&u);
    return good;
}

static bool judge(const struct process_result *result, const struct error *logged,
                  const char *option, struct error *e)
{
    if (process_succeeded(result))
        return true;
    bool by_script = result->ending == PROCESS_EXITED && result->status == SCRIPT_FAILED;
    char *said = text_one_line(text_string(&result->log)), *ending = process_ending_text(result);
    if (by_script)
        error_set_sqlstate(e, ERROR_USAGE, logged->sqlstate, "%s: %s", option, said);
    else
        error_set(e, ERROR_UNAVAILABLE, "%s: psql %s%s%s", option, ending, *said ? ": " : "", said);
    free(ending);
    free(said);
    return false;
}

/* On a server of ours nobody is there but the migrator: whom a dump names is made. */
static bool make_roles(const struct ground *g, const struct clone *clone, const char *path,
                       struct error *e)
{
    struct dump_scan scan = {0};
    struct connection c = {0};
    char *line = NULL;
    size_t size = 0;
    FILE *file = g->server->is_embedded ? regular_file_open(path) : NULL;
    for (ssize_t length; file && (length = getline(&line, &size, file)) >= 0;) {
        if (length && line[length - 1] == '\n')
            line[length - 1] = '\0';
        dump_scan_line(&scan, 0, false, line);
    }
    free(line);
    if (file)
        fclose(file);
    bool good = !scan.role_count || connection_open(&c, clone->url, g->cancel, e);
    for (size_t i = 0; good && i < scan.role_count; i++)
        good = role_make(&c, scan.roles[i], "", e);
    connection_close(&c);
    dump_scan_release(&scan);
    return good;
}

static bool run_psql(const struct ground *g, const struct clone *clone, const char *option,
                     const char *path, struct error *e)
{
    struct process_result result = {0};
    struct error logged = {0};
    long log = server_log_offset(g->server);
    char *command = command_for(g, clone->migrator_url, path, e);
    bool good = command && run_command(g, command, clone->migrator_url, &result, e);
    if (good && !process_succeeded(&result))
        server_logged_error(g->server, clone->database, log, &logged);
    good = good && judge(&result, &logged, option, e);
    process_result_release(&result);
    free(command);
    return good;
}

bool sql_file_run(const struct ground *g, const struct clone *clone, const char *option,
                  const char *path, struct error *e)
{
    bool good = cluster_enter(g->cluster, NULL, clone->database, e) &&
                migrator_role_promote(g, e) && make_roles(g, clone, path, e) &&
                run_psql(g, clone, option, path, e);
    good = migrator_role_demote(g, good ? clone->url : NULL, e) && good;
    return cluster_leave(g->cluster, NULL, clone->database, true, e) && good;
}
