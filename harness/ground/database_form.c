#include "ground/database_form.h"

#include <stdlib.h>

#include "base/memory.h"
#include "postgres/server_version.h"

static char *literal(struct connection *c, const char *value)
{
    char *quoted = PQescapeLiteral(c->pg, value, strlen(value));
    char *copy = memory_copy_of(quoted ? quoted : "''"); /* the server refuses it */
    PQfreemem(quoted);
    return copy;
}

char *database_form_clause(const struct database_form *form, struct connection *c)
{
    if (!form->encoding && !form->locale)
        return NULL;
    char *encoding = literal(c, form->encoding ? form->encoding : "UTF8");
    char *locale = literal(c, form->locale ? form->locale : "C");
    char *clause = memory_format("template0 ENCODING %s LOCALE %s%s", encoding, locale,
                                 server_version_has(PQserverVersion(c->pg), SERVER_LOCALE_PROVIDER)
                                     ? " LOCALE_PROVIDER libc"
                                     : "");
    free(locale);
    free(encoding);
    return clause;
}

void database_form_set(struct database_form *form, const char *encoding, const char *locale)
{
    struct database_form copied = {memory_copy_of(encoding), memory_copy_of(locale)};
    database_form_release(form);
    *form = copied;
}

void database_form_release(struct database_form *form)
{
    free(form->encoding);
    free(form->locale);
    *form = (struct database_form){0};
}
