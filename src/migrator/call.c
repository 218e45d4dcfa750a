#include "migrator/call.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/environment.h"
#include "migrator/preload_program.h"
#include "migrator/staging.h"
#include "migrator/steps_to.h"

const char *call_template(const struct suite_migrator *m, enum migrator_action action)
{
    switch (action) {
    case MIGRATOR_UPGRADE:
        return m->upgrade;
    case MIGRATOR_DOWNGRADE:
        return m->downgrade;
    case MIGRATOR_CURRENT:
        return m->current;
    case MIGRATOR_HISTORY:
        return m->history;
    case MIGRATOR_HEADS:
        return m->heads;
    case MIGRATOR_STAMP:
        return m->stamp;
    case MIGRATOR_MATCHES:
        return m->matches;
    case MIGRATOR_VERSION:
        return m->version;
    }
    return NULL;
}

static void name_groups(struct call *c)
{
    static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    char *const *groups = c->migrator->groups;
    for (int i = 1; i < 10 && groups; i++)
        call_name(c, names[i], memory_copy_of(groups[i] ? groups[i] : ""));
}

static void name_text(struct call *c, const char *name, const char *value)
{
    call_name(c, name, memory_copy_of(value ? value : ""));
}

/* {rest}; a driver that needs TCP is not libpq, and refuses options that it does not know. */
static void name_rest(struct call *c)
{
    struct url plain = c->url;
    if (c->migrator->definition->port)
        plain.options = NULL;
    char *url = url_format(&plain, true);
    name_text(c, "rest", strchr(url, ':') ? strchr(url, ':') + 1 : url);
    free(url);
}

/* {url} as the plain URL; spellings and the migrator's own template come after. */
static void name_database(struct call *c)
{
    char *url = url_format(&c->url, true);
    name_rest(c);
    name_text(c, "host", c->url.host);
    name_text(c, "port", c->url.port ? c->url.port : "5432");
    name_text(c, "user", c->url.user);
    name_text(c, "password", c->url.password);
    name_text(c, "database", c->url.database);
    call_name(c, "url", url);
}

static void spell_url(struct call *c)
{
    const struct suite_migrator *m = c->migrator->definition;
    const char *template = environment_spelling(c);
    if (!template)
        template = m->url;
    if (template)
        call_name(c, "url", call_fill(c, template, false));
}

static void name_places(struct call *c, const char *revision)
{
    const struct migrator *m = c->migrator;
    name_text(c, "directory", m->directory);
    name_text(c, "folder", m->folder ? m->folder : m->directory);
    name_text(c, "tool", m->tool);
    name_text(c, "layout", m->definition->layout);
    name_text(c, "base", m->definition->base);
    if (revision)
        name_text(c, "revision", revision);
    name_groups(c);
}

static bool needs(const char *template, const char *place)
{
    return strstr(template, place) != NULL;
}

/* Steps from where the database is to the revision. */
static bool name_count(struct call *c, const char *template, const char *revision, const char *url,
                       struct error *e)
{
    size_t count;
    if (!needs(template, "{count}"))
        return true;
    if (!steps_to(c->migrator, c->action, revision, url, &count, e))
        return false;
    call_name(c, "count", memory_format("%zu", count));
    return true;
}

/* Without a shell between us and a program that may be preloaded, which has none either. */
static char *command_line(const struct call *c, const char *template)
{
    char *command = call_fill(c, template, true);
    if (!c->migrator->definition->preload || !preload_program_is_plain(template))
        return command;
    char *line = memory_format("exec %s", command);
    free(command);
    return line;
}

bool call_prepare(struct call *c, const struct migrator *m, enum migrator_action action,
                  const char *revision, const char *url, const char *asked, struct error *e)
{
    const char *template = call_template(m->definition, action);
    *c = (struct call){.migrator = m, .action = action};
    if (!template)
        return error_set(e, ERROR_USAGE, "migrator %s has no command for this",
                         m->definition->name);
    if (action == MIGRATOR_DOWNGRADE && m->definition->base && (!revision || !*revision))
        revision = m->definition->base;
    if (!url_parse(&c->url, url, e))
        return false;
    name_database(c);
    name_places(c, revision);
    spell_url(c);
    if (!staging_make(c, revision, e) || !name_count(c, template, revision, asked, e))
        return false;
    c->command = command_line(c, template);
    c->environment = environment_make(c);
    return true;
}

void call_release(struct call *c)
{
    staging_remove(c);
    for (size_t i = 0; i < c->name_count; i++)
        free(c->names[i].value);
    memory_free_strings(c->environment);
    free(c->command);
    url_release(&c->url);
    *c = (struct call){0};
}
