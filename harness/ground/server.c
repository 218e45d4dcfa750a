#include "ground/server.h"

#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/lease.h"
#include "ground/migrator_role.h"
#include "ground/server_programs.h"
#include "postgres/pooler.h"
#include "postgres/server_version.h"
#include "postgres/url.h"

static bool read_version(struct server *s, struct error *e)
{
    s->version = PQserverVersion(s->lease.pg);
    return server_version_check(s->version, s->display, e);
}

static bool start_embedded(struct server *s, const char *programs, const struct suite *suite,
                           bool with_port, const struct run_folder *folder, struct error *e)
{
    char *bin = programs ? memory_copy_of(programs)
                         : server_programs_find((const char *const *)suite->extensions,
                                                suite->extension_count, e);
    bool good = bin && embedded_start(&s->embedded, bin, folder, with_port, s->cancel, e);
    free(bin);
    if (!good)
        return false;
    s->url = memory_copy_of(s->embedded.url);
    s->migrator_url = memory_copy_of(s->embedded.role_url);
    s->port_url = memory_copy_of(with_port ? s->embedded.port_url : s->embedded.role_url);
    return true;
}

bool server_open(struct server *s, const char *url, const char *programs, const struct suite *suite,
                 bool with_port, const struct run_folder *folder, const struct cancel *cancel,
                 struct error *e)
{
    *s = (struct server){.is_embedded = url == NULL, .role = suite->role, .cancel = cancel};
    database_form_set(&s->form, suite->encoding, suite->locale);
    if (s->is_embedded) {
        s->display = memory_copy_of("the embedded server");
        if (!start_embedded(s, programs, suite, with_port, folder, e))
            return false;
    } else {
        s->display = url_for_display(url);
        s->url = memory_copy_of(url);
        s->migrator_url = memory_copy_of(url);
        s->port_url = memory_copy_of(url);
    }
    if ((!s->is_embedded && !pooler_refuse(s->url, POOLER_REFUSED, cancel, e)) ||
        !connection_open(&s->lease, s->url, cancel, e))
        return error_prefix(e, "%s", s->display);
    return read_version(s, e) && lease_take(&s->lease, folder->id, e) &&
           (!s->is_embedded || s->role != SUITE_ROLE_SUPERUSER ||
            migrator_role_make(&s->lease, true, NULL, e));
}

static bool check_right(struct server *s, struct error *e)
{
    char *allowed = connection_value(
        &s->lease, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user", 0,
        NULL, e);
    bool good = allowed && strcmp(allowed, "t") == 0;
    if (allowed && !good)
        error_set(e, ERROR_UNAVAILABLE,
                  "%s: role %s may not create databases; ALTER ROLE %s CREATEDB", s->display,
                  PQuser(s->lease.pg), PQuser(s->lease.pg));
    free(allowed);
    return good;
}

static bool check_extension(struct server *s, const char *extension, struct error *e)
{
    char *there =
        connection_value(&s->lease, "SELECT count(*) FROM pg_available_extensions WHERE name = $1",
                         1, &extension, e);
    bool good = there && strcmp(there, "0") != 0;
    if (there && !good)
        error_set(e, ERROR_UNAVAILABLE,
                  "%s has no extension %s: install it there (Debian and Ubuntu: package "
                  "postgresql-%d-%s; scripts/setup does it here)",
                  s->display, extension, s->version / 10000,
                  strcmp(extension, "vector") == 0 ? "pgvector" : extension);
    free(there);
    return good;
}

bool server_check(struct server *s, const char *const *extensions, size_t count, struct error *e)
{
    if (!check_right(s, e))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!check_extension(s, extensions[i], e))
            return false;
    return true;
}

bool server_set_buffers(struct server *s, uint64_t bytes, const struct run_folder *folder,
                        struct error *e)
{
    /* in pages of WAL; by itself it would follow shared_buffers (PostgreSQL manual, 20.5.1) */
    char *wal_buffers = connection_value(
        &s->lease, "SELECT setting FROM pg_settings WHERE name = 'wal_buffers'", 0, NULL, e);
    char *buffers = memory_format("ALTER SYSTEM SET shared_buffers = '%llukB'",
                                  (unsigned long long)(bytes / 1024));
    char *wal = memory_format("ALTER SYSTEM SET wal_buffers = %s", wal_buffers);
    bool good =
        wal_buffers && connection_run(&s->lease, buffers, e) && connection_run(&s->lease, wal, e);
    free(wal);
    free(buffers);
    free(wal_buffers);
    if (!good)
        return false;
    connection_close(&s->lease);
    return embedded_restart(&s->embedded, folder, s->cancel, e) &&
           connection_open(&s->lease, s->url, s->cancel, e) && lease_take(&s->lease, folder->id, e);
}

void server_close(struct server *s, bool keep)
{
    connection_close(&s->lease);
    embedded_stop(&s->embedded, keep);
    embedded_release(&s->embedded);
    free(s->url);
    free(s->migrator_url);
    free(s->port_url);
    free(s->display);
    free(s->acting_role);
    database_form_release(&s->form);
    *s = (struct server){0};
}

long server_log_offset(const struct server *s)
{
    struct stat status;
    if (!s->embedded.log || stat(s->embedded.log, &status) != 0)
        return 0;
    return (long)status.st_size;
}

size_t server_log_cut_position(char *message)
{
    static const char before[] = " at character ";
    char *found = NULL;
    for (char *at = message; (at = strstr(at, before)); at++)
        found = at;
    char *end = NULL;
    size_t position = found ? strtoul(found + strlen(before), &end, 10) : 0;
    if (!position || end[strspn(end, "\n")] != '\0')
        return 0;
    *found = '\0';
    return position;
}

/* A line is "SQLSTATE DATABASE ERROR:  message": see log_line_prefix in embedded.c. */
static bool read_line(char *line, const char *database, struct error *found)
{
    char sqlstate[6];
    size_t length = strlen(database);
    if (sscanf(line, "%5s ", sqlstate) != 1 || strlen(sqlstate) != 5)
        return false;
    char *rest = line + 6;
    if (strncmp(rest, database, length) != 0 || rest[length] != ' ')
        return false;
    rest += length + 1;
    static const char *const levels[] = {"ERROR:  ", "FATAL:  ", "PANIC:  "};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        size_t level = strlen(levels[i]);
        if (strncmp(rest, levels[i], level) == 0) {
            server_log_cut_position(rest + level);
            error_set_sqlstate(found, ERROR_UNAVAILABLE, sqlstate, "%s", rest + level);
            return true;
        }
    }
    return false;
}

/* The first error of the database since then, of that SQLSTATE, or with NULL of any. */
static bool find_logged(const struct server *s, const char *database, long offset,
                        const char *sqlstate, struct error *found)
{
    FILE *file = s->is_embedded ? fopen(s->embedded.log, "re") : NULL;
    if (!file)
        return false;
    char *line = NULL;
    size_t size = 0;
    bool there = false;
    fseek(file, offset, SEEK_SET);
    while (!there && getline(&line, &size, file) > 0) {
        struct error one = {0};
        there =
            read_line(line, database, &one) && (!sqlstate || strcmp(one.sqlstate, sqlstate) == 0);
        if (there)
            error_take(found, &one);
    }
    free(line);
    fclose(file);
    return there;
}

bool server_logged_error(const struct server *s, const char *database, long offset,
                         struct error *found)
{
    return find_logged(s, database, offset, NULL, found);
}

bool server_logged_state(const struct server *s, const char *database, long offset,
                         const char *sqlstate)
{
    struct error found = {0};
    return find_logged(s, database, offset, sqlstate, &found);
}
