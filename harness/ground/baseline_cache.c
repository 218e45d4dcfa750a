#include "ground/baseline_cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/remove_tree.h"
#include "base/text.h"
#include "ground/cache_room.h"
#include "ground/initdb_cache.h"
#include "ground/lease.h"
#include "ground/migrator_role.h"
#include "ground/throwaway.h"
#include "postgres/url.h"

/* Raised whenever what is kept changes. */
static const int layout = 2;

enum { MOST_KEPT = 12 }; /* clusters, of some 50 MB each */

static const char kept_name[] = "pgrehearse_kept_baseline"; /* of no run: no sweep takes it */
static const char prefix[] = "baseline-";

/* The cluster's place in the cache; NULL where none can be kept. */
static char *place_of(const struct ground *g, const char *key)
{
    const struct embedded *s = &g->server->embedded;
    char *folder = g->server->is_embedded ? initdb_cache_folder(&s->account) : NULL;
    if (!folder)
        return NULL;
    struct text all = {0};
    char digest[DIGEST_LENGTH + 1], *version = initdb_cache_version(s->bin);
    text_append_format(&all, "%d\n%s\n%s\nrole %d\n", layout, version, key, g->server->role);
    const struct database_form *form = &g->server->form;
    text_append_format(&all, "form %s %s\n", form->encoding ? form->encoding : "",
                       form->locale ? form->locale : "");
    for (const struct embedded_setting *i = embedded_settings; i->name; i++)
        text_append_format(&all, "%s=%s\n", i->name, i->value);
    digest_bytes(text_string(&all), all.length, digest);
    char *place = memory_format("%s/%s%.32s", folder, prefix, digest);
    text_release(&all);
    free(version);
    free(folder);
    return place;
}

static bool is_our_own(const struct embedded *s, const char *place)
{
    struct stat status;
    return lstat(place, &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == s->account.uid && (status.st_mode & 077) == 0;
}

/* Until it is closed, no other run sweeps the folder as one that a dead run left half-made. */
static int lock_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        flock(fd, LOCK_SH | LOCK_NB);
    return fd;
}

/* `to` is a folder of the account's, and empty. */
static bool copy_cluster(const struct ground *g, const char *from, const char *to, struct error *e)
{
    const struct embedded *s = &g->server->embedded;
    char *source = memory_format("%s/.", from),
         *log = memory_format("%s/cache.log", g->folder->path);
    char *variable = memory_format("%s=%s", run_id_variable, g->folder->id);
    const char *const argv[] = {"/bin/cp", "-a", source, to, NULL};
    bool good = account_run(&s->account, argv, variable, log, g->cancel, e);
    free(variable);
    free(log);
    free(source);
    return good;
}

/* The server's own settings name its socket and port: they stay, whichever cluster is there. */
static bool keep_settings(const struct embedded *s, struct text *settings, bool restore)
{
    char *path = memory_format("%s/postgresql.auto.conf", s->data);
    bool good;
    if (restore) {
        FILE *file = fopen(path, "we");
        good = file && fputs(text_string(settings), file) >= 0;
        good = file && fclose(file) == 0 && good;
    } else {
        good = text_read_file(settings, path, 1u << 20);
    }
    free(path);
    return good;
}

static bool stop(const struct ground *g)
{
    struct server *server = g->server;
    cluster_restart(g->cluster);
    connection_close(&server->lease);
    embedded_stop(&server->embedded, true);
    return true;
}

static bool start(const struct ground *g, struct error *e)
{
    struct server *server = g->server;
    if (!embedded_restart(&server->embedded, g->folder, g->cancel, e) ||
        !connection_open(&server->lease, server->url, g->cancel, e) ||
        !lease_take(&server->lease, g->folder->id, e))
        return false;
    struct url port = {0};
    if (server->embedded.port_url && !url_parse(&port, server->embedded.port_url, e))
        return false;
    bool good =
        migrator_role_make(&server->lease, server->role == SUITE_ROLE_SUPERUSER, port.password, e);
    url_release(&port);
    return good;
}

static bool rename_database(const struct ground *g, const char *from, const char *to, bool marked,
                            struct error *e)
{
    struct connection *c = &g->server->lease;
    char *old = connection_identifier(c, from), *new = connection_identifier(c, to);
    char *sql = memory_format("ALTER DATABASE %s RENAME TO %s", old, new);
    bool good = connection_run(c, sql, e) &&
                (marked ? throwaway_mark(c, to, g->folder->id, e) : throwaway_unmark(c, to, e));
    free(sql);
    free(new);
    free(old);
    return good;
}

/* A fresh cluster instead of one that does not serve. */
static bool begin_anew(const struct ground *g, struct text *settings, const char *place,
                       struct error *e)
{
    struct server *server = g->server;
    stop(g);
    remove_tree(server->embedded.data);
    remove_tree(place);
    return initdb_cache_copy(&server->embedded.account, server->embedded.bin, g->folder,
                             server->embedded.data, g->cancel, e) &&
           keep_settings(&server->embedded, settings, true) && start(g, e);
}

static bool put_in_place(const struct ground *g, const char *place, struct text *settings,
                         const char *name)
{
    struct server *server = g->server;
    struct error trial = {0};
    stop(g);
    remove_tree(server->embedded.data);
    return account_make_folder(&server->embedded.account, server->embedded.data, &trial) &&
           copy_cluster(g, place, server->embedded.data, &trial) &&
           keep_settings(&server->embedded, settings, true) && start(g, &trial) &&
           rename_database(g, kept_name, name, true, &trial);
}

bool baseline_cache_load(const struct ground *g, const char *key, char **name, struct error *e)
{
    char *place = place_of(g, key);
    struct text settings = {0};
    bool good = place && is_our_own(&g->server->embedded, place) &&
                keep_settings(&g->server->embedded, &settings, false);
    if (good) {
        *name = throwaway_name(g->folder->id, "baseline");
        good = put_in_place(g, place, &settings, *name);
        if (good) {
            utime(place, NULL);
        } else {
            free(*name);
            *name = NULL;
            begin_anew(g, &settings, place, e);
        }
    }
    text_release(&settings);
    free(place);
    return good;
}

static void make_room(const char *place)
{
    char *folder = memory_format("%.*s", (int)(strrchr(place, '/') - place), place);
    cache_make_room(folder, prefix, MOST_KEPT);
    free(folder);
}

bool baseline_cache_store(const struct ground *g, const char *key, const char *name,
                          struct error *e)
{
    char *place = place_of(g, key);
    if (!place || access(place, F_OK) == 0 || !rename_database(g, name, kept_name, false, e)) {
        free(place);
        return e->kind == ERROR_NONE;
    }
    struct error trial = {0}; /* a cache that cannot be filled is not a problem of the run */
    char *making = memory_format("%s" INITDB_CACHE_MAKING "%s", place, g->folder->id);
    stop(g);
    make_room(place);
    bool good = account_make_folder(&g->server->embedded.account, making, &trial);
    int lock = good ? lock_folder(making) : -1;
    if (!good || !copy_cluster(g, g->server->embedded.data, making, &trial) ||
        rename(making, place) != 0)
        remove_tree(making);
    if (lock >= 0)
        close(lock);
    free(making);
    free(place);
    return start(g, e) && rename_database(g, kept_name, name, true, e);
}
