#include "base/child_environment.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* Globs of names. Each list ends with NULL. */
static const char *const usual[] = {
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LC_*", "XDG_*",
    /* how a program is loaded and watched */
    "LD_LIBRARY_PATH", "LD_PRELOAD", "[AULT]SAN_OPTIONS", "UBSAN_OPTIONS", NULL};

/* Its settings, but not GIT_DIR and the like, which a hook of git has, and no program to ask. */
static const char *const git[] = {"GIT_CONFIG_*", "GIT_CEILING_DIRECTORIES",
                                  "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH", NULL};

static const char *const gnuplot[] = {"GDFONTPATH", "GNUPLOT_*", "FONTCONFIG_*", NULL};

static const char *const ssh[] = {"SSH_AUTH_SOCK", "SSH_SK_*", NULL};

/*
 * libpq's (PostgreSQL manual, 34.15) that complete what a URL does not say. Not those that lead
 * elsewhere (PGHOSTADDR, PGSERVICE) or change how it speaks (PGOPTIONS, PGCLIENTENCODING).
 */
static const char *const server[] = {"PGHOST",
                                     "PGPORT",
                                     "PGUSER",
                                     "PGDATABASE",
                                     "PGPASSWORD",
                                     "PGPASSFILE",
                                     "PGSERVICEFILE",
                                     "PGSYSCONFDIR",
                                     "PGSSL*",
                                     "PGREQUIRE*",
                                     "PGCHANNELBINDING",
                                     "PGGSS*",
                                     "PGKRBSRVNAME",
                                     "PGTARGETSESSIONATTRS",
                                     "PGCONNECT_TIMEOUT",
                                     "PGM??PROTOCOLVERSION",
                                     "KRB5*",
                                     "OPENSSL_CONF",
                                     "SSL_CERT_*",
                                     NULL};

/* Tokens that are meant for us. */
static const char *const ours[] = {"PGREHEARSE_*TOKEN*", "OTEL_EXPORTER_OTLP*HEADERS", NULL};

static bool is_in(const char *const *globs, const char *name)
{
    for (; globs && *globs; globs++)
        if (fnmatch(*globs, name, 0) == 0)
            return true;
    return false;
}

static bool may_see(enum child_sees sees, const char *variable)
{
    static const char *const *const more[] = {
        [SEES_GIT] = git, [SEES_GNUPLOT] = gnuplot, [SEES_SSH] = ssh, [SEES_SERVER] = server};
    char *name = memory_format("%.*s", (int)strcspn(variable, "="), variable);
    bool may =
        sees == SEES_ALL ? !is_in(ours, name) : is_in(usual, name) || is_in(more[sees], name);
    free(name);
    return may;
}

static bool sets(const char *const *changes, const char *variable)
{
    size_t name = strcspn(variable, "=");
    for (; changes && *changes; changes++)
        if (strcspn(*changes, "=") == name && strncmp(*changes, variable, name) == 0)
            return true;
    return false;
}

char **child_environment(enum child_sees sees, const char *const *changes)
{
    char **result = NULL;
    size_t count = 0;
    for (char **v = environ; *v; v++)
        if (may_see(sees, *v) && !sets(changes, *v))
            *(char **)memory_append(&result, &count, sizeof *result) = *v;
    for (; changes && *changes; changes++)
        if (strchr(*changes, '='))
            *(char **)memory_append(&result, &count, sizeof *result) = (char *)*changes;
    *(char **)memory_append(&result, &count, sizeof *result) = NULL;
    return result;
}
