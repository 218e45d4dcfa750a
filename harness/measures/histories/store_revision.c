#include "measures/histories/store_revision.h"

#include "ground/installation.h"

bool store_revisions_load(struct chain *chain, char **folder, struct error *e)
{
    struct layout layout;
    *folder = installation_history_migrations();
    bool good = layout_load(&layout, LAYOUT_OWN, e) && chain_load(chain, &layout, *folder, e);
    layout_release(&layout);
    if (good)
        return true;
    e->kind = ERROR_UNAVAILABLE; /* of our own files, not of the command line */
    return false;
}

bool store_judge_revision(const struct chain *chain, const char *revision, enum store_mode mode,
                          bool *migrate, struct error *e)
{
    size_t place = revision ? chain_find(chain, revision) : 0;
    *migrate = place < chain->count;
    if (revision && place == 0)
        return error_set(e, ERROR_UNAVAILABLE,
                         "it is at revision %s, made by a newer pgrehearse: use that version, or "
                         "another history",
                         revision);
    if (*migrate && mode == STORE_READ)
        return error_set(e, ERROR_UNAVAILABLE, "%s; the next run --history brings it up to date",
                         revision ? "an older pgrehearse made it" : "it has no history yet");
    return true;
}
