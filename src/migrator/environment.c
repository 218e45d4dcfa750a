#include "migrator/environment.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/expression.h"
#include "migrator/files_like.h"
#include "migrator/profile.h"

static const size_t longest_file = 1u << 20; /* bytes that are looked through for a spelling */

struct list {
    char **items;
    size_t count;
};

static size_t name_length(const char *variable)
{
    return strcspn(variable, "=");
}

/* The later one takes the place of an earlier one of the same name; `variable` is taken over. */
static void put(struct list *l, char *variable)
{
    size_t length = name_length(variable);
    for (size_t i = 0; i < l->count; i++)
        if (name_length(l->items[i]) == length && strncmp(l->items[i], variable, length) == 0) {
            free(l->items[i]);
            l->items[i] = variable;
            return;
        }
    *(char **)memory_append(&l->items, &l->count, sizeof *l->items) = variable;
}

/* NAME=VALUE, or NAME alone to unset it. */
static void set(struct list *l, const char *name, const char *value)
{
    put(l, value ? memory_format("%s=%s", name, value) : memory_copy_of(name));
}

static bool is_like(const char *variable, char *const *globs, unsigned count)
{
    char *name = memory_format("%.*s", (int)name_length(variable), variable);
    bool found = false;
    for (unsigned i = 0; i < count && !found; i++)
        found = fnmatch(globs[i], name, 0) == 0;
    free(name);
    return found;
}

static bool has_such_value(const char *variable, char *const *regexes, unsigned count)
{
    const char *value = variable + name_length(variable);
    for (unsigned i = 0; i < count && *value; i++)
        if (expression_match(regexes[i], value + 1, NULL, NULL))
            return true;
    return false;
}

/* Takes away what names a database of the caller's, and in any case what libpq reads. */
static void unset_others(struct list *l, const struct surroundings *around)
{
    static char *const libpq[] = {(char *)"PG[A-Z]*"};
    for (char **v = environ; *v; v++)
        if (is_like(*v, libpq, 1) ||
            (around && (is_like(*v, around->unset, around->unset_count) ||
                        has_such_value(*v, around->values, around->value_count))))
            put(l, memory_format("%.*s", (int)name_length(*v), *v));
}

static void set_usual(struct list *l, const struct call *c, const struct surroundings *around)
{
    for (unsigned i = 0; around && i < around->set_count; i++)
        put(l, call_fill(c, around->set[i], false));
}

/*
 * A URL without a password is completed by libpq from PGPASSWORD or a file, for us as for the
 * migrator: they log in alike. An embedded server has neither; `version` asks no server.
 */
static void set_password(struct list *l, const struct call *c)
{
    bool asks = c->action != MIGRATOR_VERSION;
    set(l, "PGPASSWORD", c->url.password ? c->url.password : asks ? getenv("PGPASSWORD") : NULL);
    set(l, "PGPASSFILE", asks ? getenv("PGPASSFILE") : NULL);
}

/* What the URL asks of a session, for migrators that connect by variables; and that it only reads.
 */
static void set_options(struct list *l, const struct call *c, const char *url)
{
    static const char reads[] = "-c default_transaction_read_only=on";
    char *own = url_own_option(url, "options");
    char *both = memory_format("%s%s%s", own ? own : "", own ? " " : "", reads);
    set(l, "PGOPTIONS", c->migrator->read_only ? both : own);
    free(both);
    free(own);
}

static void set_own(struct list *l, const struct call *c)
{
    const struct url *u = &c->url;
    char *url = call_fill(c, "{url}", false);
    set(l, "DATABASE_URL", url);
    set(l, "PGHOST", u->host);
    set(l, "PGPORT", u->port);
    set(l, "PGUSER", u->user);
    set(l, "PGDATABASE", u->database);
    set_password(l, c);
    set(l, "PGSERVICE", NULL);
    set(l, "PGSERVICEFILE", NULL);
    set(l, "PGHOSTADDR", NULL);
    set_options(l, c, url);
    free(url);
}

/*
 * Messages in English, whatever the caller's language, since we read them; everything else of the
 * caller's locale stays, which LC_ALL would override (POSIX, 8.2 "Internationalization Variables").
 */
static void set_language(struct list *l)
{
    static const char *const others[] = {"LC_CTYPE",    "LC_COLLATE", "LC_NUMERIC",
                                         "LC_MONETARY", "LC_TIME",    "LANG"};
    const char *all = getenv("LC_ALL");
    for (size_t i = 0; all && *all && i < sizeof others / sizeof *others; i++)
        set(l, others[i], all);
    set(l, "LC_ALL", NULL);
    set(l, "LANGUAGE", NULL);
    set(l, "LC_MESSAGES", "C");
}

static void set_for_programs(struct list *l, const struct migrator *m)
{
    set(l, "PYTHONUNBUFFERED", "1");
    /* a migrator in Python leaves nothing beside its source; PYTHONPYCACHEPREFIX would do that too,
       but hides the compiled files of all installed packages */
    set(l, "PYTHONDONTWRITEBYTECODE", "1");
    set(l, "PYTHONPYCACHEPREFIX", NULL);
    if (m->path) {
        const char *old = getenv("PATH");
        char *path = memory_format("%s:%s", m->path, old ? old : "/usr/bin:/bin");
        set(l, "PATH", path);
        free(path);
    }
    if (m->mark)
        put(l, memory_copy_of(m->mark));
}

char **environment_make(const struct call *c)
{
    const struct migrator *m = c->migrator;
    struct list l = {0};
    unset_others(&l, m->surroundings);
    if (c->action != MIGRATOR_VERSION)
        set_usual(&l, c, m->surroundings);
    set_own(&l, c);
    set_language(&l);
    set_for_programs(&l, m);
    for (unsigned i = 0; i < m->definition->environment_count; i++)
        put(&l, call_fill(c, m->definition->environment[i], false));
    for (const char *const *given = m->variables; given && *given; given++)
        put(&l, memory_copy_of(*given));
    *(char **)memory_append(&l.items, &l.count, sizeof *l.items) = NULL;
    return l.items;
}

static bool is_of_database(const char *template)
{
    static const char *const places[] = {"{url}",  "{rest}",     "{host}",    "{port}",
                                         "{user}", "{password}", "{database}"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strstr(template, places[i]))
            return true;
    return false;
}

static bool is_one_of(const char *variable, char *const *templates, unsigned count)
{
    size_t length = name_length(variable);
    for (unsigned i = 0; i < count; i++)
        if (name_length(templates[i]) == length && strncmp(templates[i], variable, length) == 0 &&
            is_of_database(templates[i]))
            return true;
    return false;
}

bool environment_names_database(const struct call *c, const char *variable)
{
    static char *const own[] = {(char *)"PG[A-Z]*", (char *)"DATABASE_URL"};
    const struct migrator *m = c->migrator;
    return (is_like(variable, own, 2) && strncmp(variable, "PGREHEARSE", 10) != 0) ||
           (m->surroundings &&
            is_one_of(variable, m->surroundings->set, m->surroundings->set_count)) ||
           is_one_of(variable, m->definition->environment, m->definition->environment_count);
}

bool environment_names_staged(const struct call *c)
{
    const struct suite_migrator *m = c->migrator->definition;
    for (unsigned i = 0; i < m->environment_count; i++)
        if (strstr(m->environment[i], "{staged}"))
            return true;
    return false;
}

char **environment_without_servers(const struct surroundings *around)
{
    struct list l = {0};
    unset_others(&l, around);
    *(char **)memory_append(&l.items, &l.count, sizeof *l.items) = NULL;
    return l.items;
}

static bool file_contains(const char *path, const char *regex)
{
    struct text content = {0};
    bool contains = text_read_file(&content, path, longest_file) &&
                    expression_match_line(regex, text_string(&content), NULL);
    text_release(&content);
    return contains;
}

/* `file`, a glob, is in the folder of the project, or absolute. */
static bool any_file_contains(const char *directory, const char *file, const char *regex)
{
    glob_t found;
    bool contains = false;
    if (files_like(&found, file[0] == '/' ? "" : directory, file))
        for (size_t i = 0; i < found.gl_pathc && !contains; i++)
            contains = file_contains(found.gl_pathv[i], regex);
    globfree(&found);
    return contains;
}

const char *environment_spelling(const struct call *c)
{
    const struct suite_migrator *m = c->migrator->definition;
    for (unsigned i = 0; i < m->spelling_count; i++) {
        char *file = call_fill(c, m->spellings[i].file, false);
        bool contains = any_file_contains(c->migrator->directory, file, m->spellings[i].contains);
        free(file);
        if (contains)
            return m->spellings[i].url;
    }
    return NULL;
}
