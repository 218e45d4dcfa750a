#include "postgres/url.h"

#include <ctype.h>
#include <libpq-fe.h>

#include "base/memory.h"
#include "base/text.h"

static void append_encoded(struct text *t, const char *string, const char *also_safe)
{
    for (const unsigned char *p = (const unsigned char *)string; *p; p++) {
        if (isalnum(*p) || strchr("-._~", *p) || strchr(also_safe, *p))
            text_append_bytes(t, p, 1);
        else
            text_append_format(t, "%%%02X", *p);
    }
}

static void take_option(struct url *u, struct text *rest, const PQconninfoOption *option)
{
    struct {
        const char *keyword;
        char **field;
    } fields[] = {{"user", &u->user},
                  {"password", &u->password},
                  {"host", &u->host},
                  {"port", &u->port},
                  {"dbname", &u->database}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(option->keyword, fields[i].keyword) == 0) {
            if (*option->val) /* an empty one says nothing, to libpq too */
                *fields[i].field = memory_copy_of(option->val);
            return;
        }
    }
    text_append(rest, rest->length ? "&" : "");
    text_append(rest, option->keyword);
    text_append(rest, "=");
    append_encoded(rest, option->val, "/");
}

/*
 * A password with a raw @, : or / in it reads as a URL of another meaning, whose host, port or
 * database then holds a piece of the password and would be shown. What gives it away: an @ where
 * none belongs, or a port that is not a number.
 */
static bool is_misread(const struct url *u, const char *string)
{
    if (u->host && strchr(u->host, '@'))
        return true;
    if (u->port && u->port[strspn(u->port, "0123456789,")])
        return true;
    const char *authority = strstr(string, "://");
    if (!authority || (strncmp(string, "postgresql:", 11) && strncmp(string, "postgres:", 9)))
        return false;
    authority += 3;
    const char *path = authority + strcspn(authority, "/?");
    return memchr(path, '@', strcspn(path, "?")) != NULL;
}

bool url_parse(struct url *u, const char *string, struct error *e)
{
    *u = (struct url){0};
    /* its reason may quote a part of the password; the second try is for want of memory */
    PQconninfoOption *options = PQconninfoParse(string, NULL);
    if (!options)
        options = PQconninfoParse(string, NULL);
    struct text rest = {0};
    if (options) {
        for (const PQconninfoOption *o = options; o->keyword; o++)
            if (o->val)
                take_option(u, &rest, o);
        PQconninfoFree(options);
    }
    if (rest.length)
        u->options = text_detach(&rest);
    text_release(&rest);
    if (options && !is_misread(u, string))
        return true;
    url_release(u);
    return error_set(e, ERROR_USAGE,
                     "not a PostgreSQL connection URL: write postgresql://USER:PASSWORD@HOST:PORT/"
                     "DATABASE, with special characters percent-encoded (@ as %%40)");
}

char *url_format(const struct url *u, bool with_password)
{
    struct text t = {0};
    /* a socket folder and a list of hosts or of ports do not fit between // and / */
    bool host_as_option = (u->host && strpbrk(u->host, "/,")) || (u->port && strchr(u->port, ','));
    text_append(&t, "postgresql://");
    if (u->user)
        append_encoded(&t, u->user, "");
    if (u->password && with_password) {
        text_append(&t, ":");
        append_encoded(&t, u->password, "");
    }
    if (u->user || (u->password && with_password))
        text_append(&t, "@");
    if (u->host && !host_as_option) {
        bool bare_ipv6 = strchr(u->host, ':') != NULL;
        text_append(&t, bare_ipv6 ? "[" : "");
        append_encoded(&t, u->host, ":");
        text_append(&t, bare_ipv6 ? "]" : "");
    }
    if (u->port && !host_as_option)
        text_append_format(&t, ":%s", u->port);
    text_append(&t, "/");
    if (u->database)
        append_encoded(&t, u->database, "");
    const char *separator = "?";
    if (host_as_option && u->host) {
        text_append(&t, "?host=");
        append_encoded(&t, u->host, "/,");
        separator = "&";
    }
    if (host_as_option && u->port) {
        text_append_format(&t, "%sport=%s", separator, u->port);
        separator = "&";
    }
    if (u->options)
        text_append_format(&t, "%s%s", separator, u->options);
    return text_detach(&t);
}

void url_release(struct url *u)
{
    free(u->user);
    free(u->password);
    free(u->host);
    free(u->port);
    free(u->database);
    free(u->options);
    *u = (struct url){0};
}

char *url_with_database(const char *string, const char *database, struct error *e)
{
    struct url u;
    if (!url_parse(&u, string, e))
        return NULL;
    free(u.database);
    u.database = memory_copy_of(database);
    char *result = url_format(&u, true);
    url_release(&u);
    return result;
}

char *url_for_display(const char *string)
{
    struct url u;
    struct error ignored = {0};
    if (!url_parse(&u, string, &ignored))
        return memory_copy_of("(unreadable URL)");
    /* options may hold secrets of their own (sslpassword); they are left out */
    free(u.options);
    u.options = NULL;
    char *result = url_format(&u, false);
    url_release(&u);
    return result;
}

/* What libpq takes for `keyword` where the URL says nothing; NULL where that is nothing either. */
static char *default_of(const char *keyword)
{
    PQconninfoOption *options = PQconndefaults();
    char *value = NULL;
    for (PQconninfoOption *o = options; o && o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0 && o->val && *o->val)
            value = memory_copy_of(o->val);
    PQconninfoFree(options);
    return value;
}

char *url_own_option(const char *string, const char *keyword)
{
    PQconninfoOption *options = PQconninfoParse(string, NULL);
    char *value = NULL;
    for (PQconninfoOption *o = options; o && o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0 && o->val && *o->val)
            value = memory_copy_of(o->val);
    PQconninfoFree(options);
    return value;
}

char *url_option(const char *string, const char *keyword)
{
    char *value = url_own_option(string, keyword);
    return value ? value : default_of(keyword);
}

/* Whether it says how the connection is encrypted. */
static bool is_of_encryption(const char *option)
{
    static const char *const beginnings[] = {"ssl", "gssencmode=", "channel_binding="};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(option, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

void url_unencrypt(struct url *u)
{
    struct text kept = {0};
    char *rest = NULL;
    for (char *option = u->options ? strtok_r(u->options, "&", &rest) : NULL; option;
         option = strtok_r(NULL, "&", &rest))
        if (!is_of_encryption(option))
            text_append_format(&kept, "%s&", option);
    text_append(&kept, "sslmode=disable");
    free(u->options);
    u->options = text_detach(&kept);
}
