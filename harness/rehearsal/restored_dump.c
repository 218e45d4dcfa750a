#include "rehearsal/restored_dump.h"

#include "base/memory.h"
#include "ground/run_folder.h"
#include "production/backups/backup.h"

/* One table after the other, as most restore it: owners and grants are of other rules. */
static struct backup_options options_of(const struct rehearsal *r)
{
    return (struct backup_options){.fleeting = true,
                                   .jobs = 1,
                                   .no_owner = true,
                                   .no_privileges = true,
                                   .no_tablespaces = true,
                                   .no_subscriptions = true,
                                   .cancel = r->run->ground.cancel,
                                   .mark = r->run->ground.migrator.mark};
}

/* What was in the way as a string, unless it is the end of the run. */
static bool take_message(bool good, char **message, struct error *e)
{
    if (good || e->kind == ERROR_INTERRUPTED)
        return good;
    *message = memory_copy_of(e->message);
    error_clear(e);
    return true;
}

static bool restore(struct rehearsal *r, const char *path, char **trouble, struct error *e)
{
    const struct ground *g = &r->run->ground;
    const struct backup_options options = options_of(r);
    struct connection server = {0};
    struct clone clone = {0};
    char *purpose = memory_format("%s_restored", r->slug);
    bool good = connection_open(&server, g->server->url, g->cancel, e) &&
                ground_clone(g, &server, purpose, NULL, &clone, e) &&
                take_message(backup_restore(path, clone.url, &options, e), trouble, e);
    struct error ignored = {0}; /* the end of the run drops what is left */
    clone_drop(&clone, &server, &ignored);
    clone_release(&clone);
    connection_close(&server);
    free(purpose);
    return good;
}

bool restored_dump_try(struct rehearsal *r, const char *url, char **trouble, char **obstacle,
                       struct error *e)
{
    const struct backup_options options = options_of(r);
    char *path = memory_format("%s/%s-dump", r->run->ground.folder->path, r->slug);
    bool good = take_message(backup_take(url, path, &options, e), obstacle, e) &&
                (*obstacle || restore(r, path, trouble, e));
    backup_remove(path);
    free(path);
    return good;
}
