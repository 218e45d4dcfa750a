#include "deployment/whole_url.h"

#include <libpq-fe.h>
#include <stdlib.h>

#include "base/memory.h"
#include "postgres/url.h"

static bool is_led_elsewhere(struct error *e)
{
    static const char *const names[] = {"PGHOSTADDR", "PGSERVICE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return !error_set(e, ERROR_USAGE,
                              "%s in the environment may point to a database other than "
                              "--database: unset it, and put everything into the URL",
                              names[i]);
    }
    return false;
}

static void fill_in(char **part, const char *value)
{
    if (!*part && value)
        *part = memory_copy_of(value);
}

char *whole_url(const char *string, struct error *e)
{
    struct url u;
    if (is_led_elsewhere(e) || !url_parse(&u, string, e))
        return NULL;
    PQconninfoOption *defaults = PQconndefaults();
    for (const PQconninfoOption *o = defaults; o && o->keyword; o++) {
        if (strcmp(o->keyword, "host") == 0)
            fill_in(&u.host, o->val);
        else if (strcmp(o->keyword, "port") == 0)
            fill_in(&u.port, o->val);
        else if (strcmp(o->keyword, "user") == 0)
            fill_in(&u.user, o->val);
    }
    for (const PQconninfoOption *o = defaults; o && o->keyword; o++)
        if (strcmp(o->keyword, "dbname") == 0)
            fill_in(&u.database, getenv("PGDATABASE") ? o->val : u.user);
    PQconninfoFree(defaults);
    char *whole = url_format(&u, true);
    url_release(&u);
    return whole;
}
