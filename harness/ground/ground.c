#include "ground/ground.h"

#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/installation.h"
#include "ground/shaped.h"
#include "ground/throwaway.h"
#include "migrator/preload.h"

static const size_t longest_script = 64u << 20; /* bytes */

double ground_patience(const struct ground *g)
{
    double twice = 2 * g->time_limit;
    return twice > 20 ? twice : 20;
}

const char *ground_base(const struct ground *g)
{
    const struct suite_migrator *m = g->migrator.definition;
    return m && m->base ? m->base : "base";
}

bool ground_choose_migrator(struct migrator *m, const struct suite *suite, const char *name,
                            const char *folder, const struct cancel *cancel, struct error *e)
{
    *m = (struct migrator){.cancel = cancel};
    const struct suite_migrator *definition =
        name ? suite_find_migrator(suite, name, e) : suite->migrators;
    if (!definition)
        return false;
    char *path = folder ? memory_copy_of(folder) : suite_path(suite, definition->directory);
    struct stat status;
    m->definition = definition;
    m->directory = realpath(path, NULL);
    m->replaced = folder != NULL;
    m->path = installation_programs();
    if (!m->directory || stat(m->directory, &status) != 0 || !S_ISDIR(status.st_mode))
        error_set(e, ERROR_USAGE, "%s: no such folder of migrations", path);
    free(path);
    return e->kind == ERROR_NONE && migrator_complete(m, e);
}

bool ground_open(struct ground *g, const char *url, bool with_port, uint64_t bytes,
                 struct ground_sweep *swept, struct error *e)
{
    swept->runs += run_folder_sweep(&swept->left);
    g->folder = memory_zeroed(1, sizeof *g->folder);
    g->server = memory_zeroed(1, sizeof *g->server);
    g->folder->lock.fd = -1;
    if (!run_folder_create(g->folder, bytes, e))
        return false;
    free(g->migrator.mark);
    g->migrator.mark = memory_format("%s=%s", run_id_variable, g->folder->id);
    g->folder->closed = g->closed;
    if (!url)
        embedded_forget_other_servers();
    if (g->preloads) {
        g->migrator.preloads = preload_pool_new(NULL, NULL, g->cancel);
        preload_pool_begin(g->migrator.preloads, &g->migrator);
    }
    if (!server_open(g->server, url, g->programs, g->suite, with_port, g->folder, g->cancel, e))
        return false;
    if (!shaped_open(g, e))
        return false;
    g->cluster = cluster_new(g->server->url, g->server->is_embedded, g->cancel);
    swept->databases = throwaway_sweep(&g->server->lease, &swept->left);
    return true;
}

/*
 * On a connection of its own: the run's may be cancelled or broken. A server that was never reached
 * has nothing of ours, and is not waited for.
 */
static bool drop_databases(const struct ground *g, struct error *e)
{
    struct connection c = {0};
    if (g->server->is_embedded || g->server->version == 0)
        return true;
    bool good = (connection_open(&c, g->server->url, NULL, e) ||
                 error_prefix(e, "the databases of run %s cannot be dropped", g->folder->id)) &&
                throwaway_drop_all(&c, g->folder->id, e);
    connection_close(&c);
    return good || error_prefix(e, "%s", g->server->display);
}

bool ground_close(struct ground *g, struct error *e)
{
    struct error left = {0}, roles = {0};
    if (!g->server)
        return true;
    preload_pool_free(g->migrator.preloads);
    g->migrator.preloads = NULL;
    drop_databases(g, &left);
    if (!g->keep && !cluster_remove_made(g->cluster, &roles))
        error_take(&left, &roles);
    cluster_free(g->cluster);
    shaped_free(g->shaped);
    g->cluster = NULL;
    g->shaped = NULL;
    bool keep_folder = g->keep && g->server->is_embedded && g->server->embedded.pid > 0;
    server_close(g->server, g->keep);
    if (keep_folder)
        run_folder_keep(g->folder);
    else
        run_folder_remove(g->folder, &left);
    free(g->server);
    free(g->folder);
    g->server = NULL;
    g->folder = NULL;
    error_take(e, &left);
    return left.kind == ERROR_NONE;
}

bool ground_run_script(const struct ground *g, struct connection *c, const char *relative,
                       struct error *e)
{
    struct text sql = {0};
    char *path = suite_path(g->suite, relative);
    bool good = text_read_file(&sql, path, longest_script) ||
                error_set(e, ERROR_USAGE, "%s: cannot be read", path);
    good = good && (connection_run(c, text_string(&sql), e) || error_prefix(e, "%s", path));
    free(path);
    text_release(&sql);
    return good;
}
