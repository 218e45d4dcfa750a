#include "rehearsal/extension_rights.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/migrator_role.h"
#include "postgres/url.h"
#include "rehearsal/tried_upgrade.h"

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

static const char *template_of(const struct leg *leg)
{
    return leg->filling.database ? leg->filling.database : leg->template;
}

static bool is_refused(const struct leg *leg, bool *refused, struct error *e)
{
    struct tried_upgrade t;
    tried_upgrade_make(&t, leg, template_of(leg), "rights", true, e);
    *refused = t.failure.message && strcmp(t.failure.sqlstate, not_allowed) == 0;
    return tried_upgrade_release(&t, leg, e);
}

/* Whether a superuser gets it done, and makes untrusted extensions by it: their names. */
static bool find_reason(const struct leg *leg, char **names, struct error *e)
{
    struct tried_upgrade t = {0};
    char *before = ask_untrusted(&leg->run.ground, leg->template, e);
    if (before && tried_upgrade_make(&t, leg, template_of(leg), "rights", false, e) && t.database)
        *names = ask_untrusted(&leg->run.ground, t.database, e);
    bool good = tried_upgrade_release(&t, leg, e);
    if (*names && strcmp(*names, before) == 0) {
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
