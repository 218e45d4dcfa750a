#include "testing/template.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ground/lease.h"
#include "ground/throwaway.h"
#include "postgres/url.h"
#include "testing/throwaways.h"
#include "testing/trouble.h"

static const uint64_t usual_bytes = 512u << 20; /* about what a cluster of tests holds */

static bool fill(struct pgr_template *t, const struct pgr_template_source *s, struct error *e)
{
    char *url = url_with_database(t->server.migrator_url, t->database, e);
    bool good = url && template_source_fill(s, url, e);
    free(url);
    return good || error_prefix(e, "the template cannot be made");
}

/* Nobody else knows this name, so that what a dead process made in part is swept. */
static bool make_own(struct pgr_template *t, const struct pgr_template_source *s, struct error *e)
{
    t->database = throwaway_name(t->folder.id, "template");
    return throwaway_create_in(&t->work, t->database, &t->server.form, t->folder.id, e) &&
           fill(t, s, e);
}

/* One process makes it, the others wait; it gets its shared name when it is whole. */
static bool make_shared(struct pgr_template *t, const struct pgr_template_source *s,
                        struct error *e)
{
    bool is_there = false;
    char *name = throwaway_name(t->id, "template");
    bool good = throwaway_has(&t->work, name, t->id, &is_there, e) &&
                (is_there ||
                 (make_own(t, s, e) && throwaway_pass_on(&t->work, t->database, name, t->id, e)));
    if (good) {
        free(t->database);
        t->database = name;
    } else {
        free(name);
    }
    return good;
}

bool template_make(struct pgr_template *t, const struct pgr_template_source *s, struct error *e)
{
    if (t->server.is_embedded)
        t->id[0] = '\0';
    if (!t->id[0])
        return make_own(t, s, e);
    bool good = lease_share(&t->server.lease, t->id, e) &&
                lease_begin_making(&t->server.lease, t->id, e) && make_shared(t, s, e);
    struct error ignored = {0}; /* the session's end lets go of it, too */
    lease_end_making(&t->server.lease, t->id, &ignored);
    return good;
}

static bool check_source(const struct pgr_template_source *s, struct error *e)
{
    return (s && s->size == sizeof *s) ||
           error_set(e, ERROR_USAGE, "the template's source has size %zu, expected %zu",
                     s ? s->size : 0, sizeof *s);
}

static bool open_ground(struct pgr_template *t, const struct pgr_template_source *s,
                        struct error *e)
{
    const struct suite any = {.role = s->superuser ? SUITE_ROLE_SUPERUSER : SUITE_ROLE_OWNER};
    struct error ignored = {0}; /* what cannot be removed is left for the next sweep */
    run_folder_sweep(&ignored);
    if (!run_folder_create(&t->folder, usual_bytes, e) ||
        !server_open(&t->server, s->server, NULL, &any, false, &t->folder, NULL, e) ||
        !server_check(&t->server, NULL, 0, e))
        return false;
    error_clear(&ignored);
    throwaway_sweep(&t->server.lease, &ignored);
    return connection_open(&t->work, t->server.migrator_url, NULL, e);
}

/* The last process that uses a shared template drops it. */
static bool leave_shared(struct pgr_template *t, struct error *e)
{
    char *name = throwaway_name(t->id, "template");
    bool is_there = false;
    bool good = !lease_is_last(&t->server.lease, t->id) ||
                (throwaway_has(&t->work, name, t->id, &is_there, e) &&
                 (!is_there || throwaway_drop(&t->work, name, e)));
    free(name);
    return good;
}

static void close_ground(struct pgr_template *t, struct error *e)
{
    bool lives = !t->server.is_embedded && t->work.pg;
    if (lives && t->id[0])
        leave_shared(t, e);
    if (lives)
        throwaway_drop_all(&t->work, t->folder.id, e);
    connection_close(&t->work);
    server_close(&t->server, false);
    run_folder_remove(&t->folder, e);
}

static bool release(struct pgr_template *t, struct error *e)
{
    throwaways_forget(t);
    close_ground(t, e);
    pthread_mutex_destroy(&t->busy);
    free(t->database);
    free(t);
    return e->kind == ERROR_NONE;
}

struct pgr_template *pgr_template_open(const struct pgr_template_source *source,
                                       struct pgr_error *public)
{
    struct error e = {0}, ignored = {0};
    struct pgr_template *t = memory_zeroed(1, sizeof *t);
    t->folder.lock.fd = -1;
    pthread_mutex_init(&t->busy, NULL);
    if (check_source(source, &e) && template_source_id(source, t->id, &e) &&
        open_ground(t, source, &e) && template_make(t, source, &e))
        return t;
    release(t, &ignored);
    trouble_report(&e, public);
    return NULL;
}

const char *pgr_template_server(const struct pgr_template *t)
{
    return t->server.migrator_url;
}

bool pgr_template_close(struct pgr_template *t, struct pgr_error *public)
{
    struct error e = {0};
    return !t || release(t, &e) || trouble_report(&e, public);
}
