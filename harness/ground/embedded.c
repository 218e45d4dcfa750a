#include "ground/embedded.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "ground/initdb_cache.h"
#include "ground/migrator_role.h"
#include "postgres/connection.h"

static const double start_limit = 30.0; /* seconds until it must accept connections */
static const int socket_port = 5432;    /* names the socket's file where there is no TCP port */

const struct embedded_setting embedded_settings[] = {
    {"fsync", "off"},
    {"synchronous_commit", "off"},
    {"full_page_writes", "off"},
    {"wal_level", "replica"}, /* what production writes is what a migration costs */
    {"max_wal_senders", "0"},
    {"max_wal_size", "4GB"},
    {"checkpoint_timeout", "1h"},
    {"autovacuum", "off"},
    {"shared_buffers", "256MB"},
    {"dynamic_shared_memory_type", "mmap"}, /* inside the cluster, so that it goes with it */
    {"max_connections", "60"},
    {"max_locks_per_transaction", "107"}, /* in all as many as by default, with 100 connections */
    {"logging_collector", "off"},
    {"log_min_messages", "warning"},
    {"log_line_prefix", "%e %d "}, /* server.c and server_words.c read it */
    {"log_timezone", "UTC"},
    {"timezone", "UTC"},
    {NULL, NULL}};

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;
    if (fd < 0)
        return 0;
    if (bind(fd, (struct sockaddr *)&address, size) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        port = ntohs(address.sin_port);
    close(fd);
    return port;
}

/* Whether the module is there, beside the programs (as Debian and others have it). */
static bool counts_statements(const char *bin)
{
    static const char *const places[] = {"lib", "lib/postgresql", "lib64", "lib64/postgresql",
                                         "lib64/pgsql"};
    bool there = false;
    for (size_t i = 0; i < sizeof places / sizeof *places && !there; i++) {
        char *path = memory_format("%s/../%s/pg_stat_statements.so", bin, places[i]);
        there = access(path, R_OK) == 0;
        free(path);
    }
    return there;
}

static bool write_settings(const struct embedded *s, int port, struct error *e)
{
    struct text conf = {0};
    for (const struct embedded_setting *setting = embedded_settings; setting->name; setting++)
        text_append_format(&conf, "%s = '%s'\n", setting->name, setting->value);
    if (counts_statements(s->bin)) /* off, until a database is told otherwise: see cost.h */
        text_append(&conf, "shared_preload_libraries = 'pg_stat_statements'\n"
                           "pg_stat_statements.track = 'none'\n"
                           "pg_stat_statements.save = 'off'\n");
    text_append_format(&conf,
                       "unix_socket_directories = '%s'\nport = %d\nlisten_addresses = '%s'\n",
                       s->socket, port ? port : socket_port, port ? "127.0.0.1" : "");
    char *path = memory_format("%s/postgresql.auto.conf", s->data);
    FILE *file = fopen(path, "we");
    bool good = file && fputs(text_string(&conf), file) >= 0;
    if (file)
        good = fclose(file) == 0 && good;
    if (!good)
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be written: %s", path, strerror(errno));
    free(path);
    text_release(&conf);
    return good;
}

/* Why it did not start: the last FATAL line of its log. */
static bool did_not_start(const struct embedded *s, struct error *e)
{
    struct text log = {0};
    text_read_file(&log, s->log, 1u << 20);
    const char *reason = NULL;
    for (const char *p = text_string(&log); (p = strstr(p, "FATAL:")); p++)
        reason = p + strlen("FATAL:");
    error_set(e, ERROR_UNAVAILABLE, "the embedded server did not start: %.*s",
              reason ? (int)strcspn(reason, "\n") : 20, reason ? reason : "see PostgreSQL's log");
    text_release(&log);
    return false;
}

/* Whether it says itself that it takes connections: line 8 of postmaster.pid. */
static bool says_ready(const struct embedded *s)
{
    char *path = memory_format("%s/postmaster.pid", s->data);
    struct text content = {0};
    bool ready = text_read_file(&content, path, 4096) && strstr(text_string(&content), "\nready");
    text_release(&content);
    free(path);
    return ready;
}

static bool wait_until_ready(struct embedded *s, const struct cancel *cancel, struct error *e)
{
    double deadline = clock_seconds() + start_limit;
    struct error trial = {0};
    while (clock_seconds() < deadline) {
        struct connection c = {0};
        bool ready = says_ready(s);
        error_clear(&trial);
        if (connection_open(&c, s->url, cancel, &trial)) {
            connection_close(&c);
            return true;
        }
        if (ready && trial.kind != ERROR_INTERRUPTED) {
            error_prefix(&trial, "the embedded server is up and takes no connection of ours");
            return error_take(e, &trial);
        }
        if (trial.kind == ERROR_INTERRUPTED)
            return error_take(e, &trial);
        int status;
        if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
            s->pid = 0;
            return did_not_start(s, e);
        }
        usleep(4000);
    }
    error_prefix(&trial, "the embedded server accepts no connections after %.0f s", start_limit);
    return error_take(e, &trial);
}

/*
 * The migrator's role. The port is open to everybody on this machine, so it asks for a password
 * that nobody knows.
 */
static bool make_role(struct embedded *s, int port, const struct cancel *cancel, struct error *e)
{
    unsigned char bytes[16];
    char password[2 * sizeof bytes + 1];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return error_set(e, ERROR_UNAVAILABLE, "no random numbers: %s", strerror(errno));
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(password + 2 * i, 3, "%02x", bytes[i]);
    struct connection c = {0};
    bool good = connection_open(&c, s->url, cancel, e) &&
                migrator_role_make(&c, false, port ? password : NULL, e);
    connection_close(&c);
    if (port)
        s->port_url = memory_format("postgresql://" EMBEDDED_ROLE ":%s@127.0.0.1:%d/postgres",
                                    password, port);
    return good;
}

static bool launch(struct embedded *s, const char *variable, struct error *e)
{
    char *program = memory_format("%s/postgres", s->bin);
    const char *const argv[] = {program, "-D", s->data, NULL};
    s->pid = account_start(&s->account, argv, variable, s->log, SIGQUIT, e);
    free(program);
    if (s->pid < 0)
        s->pid = 0;
    return s->pid > 0;
}

/* What the URL says is not taken from PGPORT, PGSSLMODE and their like. */
static char *socket_url(const struct embedded *s, const char *user, int port)
{
    return memory_format("postgresql://%s@/postgres?host=%s&port=%d&sslmode=disable"
                         "&gssencmode=disable&channel_binding=disable&requirepeer="
                         "&target_session_attrs=any&ssl_min_protocol_version="
                         "&ssl_max_protocol_version=",
                         user, s->socket, port ? port : socket_port);
}

static bool start_server(struct embedded *s, const char *variable, int port, struct error *e)
{
    if (!write_settings(s, port, e) || !launch(s, variable, e))
        return false;
    free(s->url);
    free(s->role_url);
    s->url = socket_url(s, EMBEDDED_SUPERUSER, port);
    s->role_url = socket_url(s, EMBEDDED_ROLE, port);
    return true;
}

void embedded_forget_other_servers(void)
{
    static const char *const names[] = {
        "PGHOSTADDR",        "PGSERVICE", "PGOPTIONS", "PGPASSWORD", "PGCLIENTENCODING",
        "PGDATESTYLE",       "PGTZ",      "PGGEQO",    "PGAPPNAME",  "PGCONNECT_TIMEOUT",
        "PGLOADBALANCEHOSTS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

static void close_in(struct embedded *s, const struct run_folder *folder)
{
    char *program = memory_format("%s/postgres", s->bin);
    server_cage_init(&s->cage, program, folder->path,
                     strcmp(folder->path, folder->sockets) != 0 ? folder->sockets : NULL);
    s->account.cage = &s->cage;
    free(program);
}

bool embedded_start(struct embedded *s, const char *bin, const struct run_folder *folder,
                    bool with_port, const struct cancel *cancel, struct error *e)
{
    *s = (struct embedded){.data = memory_format("%s/data", folder->path),
                           .socket = memory_format("%s/socket", folder->sockets),
                           .log = memory_format("%s/server.log", folder->path)};
    s->bin = memory_copy_of(bin);
    embedded_forget_other_servers();
    if (!account_find(&s->account, e) || !account_make_folder(&s->account, s->socket, e) ||
        !initdb_cache_copy(&s->account, s->bin, folder, s->data, cancel, e))
        return false;
    if (folder->closed && server_cage_is_there())
        close_in(s, folder);
    char *variable = memory_format("%s=%s", run_id_variable, folder->id);
    bool good = false;
    /* between finding a free port and taking it, somebody else may */
    for (int attempt = 0; attempt < 5 && !good; attempt++) {
        struct error trial = {0};
        int port = with_port ? free_port() : 0;
        good = start_server(s, variable, port, &trial) && wait_until_ready(s, cancel, &trial) &&
               make_role(s, port, cancel, &trial);
        bool again = with_port && s->pid == 0;
        if (!good && (!again || attempt == 4)) {
            error_take(e, &trial);
            break;
        }
    }
    free(variable);
    return good;
}

bool embedded_restart(struct embedded *s, const struct run_folder *folder,
                      const struct cancel *cancel, struct error *e)
{
    char *variable = memory_format("%s=%s", run_id_variable, folder->id);
    embedded_stop(s, true);
    bool good = launch(s, variable, e) && wait_until_ready(s, cancel, e);
    free(variable);
    return good;
}

void embedded_stop(struct embedded *s, bool keep)
{
    if (s->pid <= 0)
        return;
    kill(s->pid, keep ? SIGINT : SIGQUIT); /* fast or immediate shutdown: manual, 19.5 */
    double deadline = clock_seconds() + (keep ? 30.0 : 5.0);
    int status;
    while (waitpid(s->pid, &status, WNOHANG) == 0) {
        if (clock_seconds() > deadline)
            kill(s->pid, SIGKILL);
        usleep(2000);
    }
    s->pid = 0;
}

void embedded_release(struct embedded *s)
{
    char *strings[] = {s->bin, s->data, s->socket, s->log, s->url, s->role_url, s->port_url};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    server_cage_release(&s->cage);
    *s = (struct embedded){0};
}
