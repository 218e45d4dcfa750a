#include "rehearsal/extension_rights.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/migrator_role.h"
#include "ground/throwaway.h"
#include "postgres/url.h"

static const size_t longest_file = 1u << 20; /* bytes */
static const char not_allowed[] = "42501";

/* The extensions of a database that no owner may make, by name, with a comma between. */
static const char untrusted[] =
    "SELECT coalesce(string_agg(e.extname, ', ' ORDER BY e.extname), '') FROM pg_extension e "
    "JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion "
    "WHERE v.superuser AND NOT v.trusted";

static bool speaks_of_extensions(const struct project_revision *revision)
{
    bool speaks = false;
    for (size_t i = 0; i < revision->file_count && !speaks; i++) {
        struct text text = {0};
        speaks = text_read_file(&text, revision->files[i], longest_file) &&
                 strcasestr(text_string(&text), "extension");
        text_release(&text);
    }
    return speaks;
}

static char *ask_untrusted(const struct ground *g, const char *database, struct error *e)
{
    struct connection c = {0};
    char *url = url_with_database(g->server->url, database, e);
    char *names = url && connection_open(&c, url, g->cancel, e)
                      ? connection_value(&c, untrusted, 0, NULL, e)
                      : NULL;
    connection_close(&c);
    free(url);
    return names;
}

/* Tries the upgrade; with success, what untrusted extensions there are then, to be freed. */
static bool try_upgrade(const struct leg *leg, bool as_itself, char **extensions,
                        struct baseline_failure *failure, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    char *name = NULL, *purpose = memory_format("rights-r%zu", leg->run.leg);
    const struct baseline_request request = {
        .template = leg->filling.database ? leg->filling.database : leg->template,
        .revision = leg->suite.target,
        .purpose = purpose,
        .time_limit = ground_patience(g),
        .as_itself = as_itself};
    *extensions = NULL;
    if (baseline_extend(g, &request, &name, failure, e))
        *extensions = ask_untrusted(g, name, e);
    if (name && e->kind == ERROR_NONE)
        throwaway_drop(&g->server->lease, name, e);
    free(name);
    free(purpose);
    return e->kind == ERROR_NONE;
}

static bool is_refused(const struct leg *leg, bool *refused, struct error *e)
{
    struct baseline_failure failure = {0};
    char *extensions = NULL;
    bool good = try_upgrade(leg, true, &extensions, &failure, e);
    *refused = failure.message && strcmp(failure.sqlstate, not_allowed) == 0;
    baseline_failure_release(&failure);
    free(extensions);
    return good;
}

/* Whether a superuser gets it done, and makes untrusted extensions by it: their names. */
static bool find_reason(const struct leg *leg, char **names, struct error *e)
{
    struct baseline_failure failure = {0};
    char *before = ask_untrusted(&leg->run.ground, leg->template, e);
    bool good = before && try_upgrade(leg, false, names, &failure, e);
    baseline_failure_release(&failure);
    if (good && *names && strcmp(*names, before) == 0) {
        free(*names);
        *names = NULL;
    }
    free(before);
    return good;
}

bool extension_rights_grant(struct leg *leg, const struct rehearsed_project *project,
                            struct error *e)
{
    const struct ground *g = &leg->run.ground;
    bool refused = false;
    char *names = NULL;
    if (!project || !migrator_role_is_owner(g) || g->server->role == SUITE_ROLE_OWNER ||
        !speaks_of_extensions(&project->revisions.items[leg->place]))
        return true;
    bool good = is_refused(leg, &refused, e) && (!refused || find_reason(leg, &names, e));
    if (good && names) {
        event_message(leg->run.events,
                      "%s makes extensions that an owner may not make (%s): it is rehearsed as a "
                      "superuser",
                      leg->suite.target, names);
        good = migrator_role_promote(g, e);
    }
    free(names);
    return good;
}
