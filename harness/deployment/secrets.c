#include "deployment/secrets.h"

#include "base/memory.h"
#include "base/text.h"
#include "postgres/url.h"

static const size_t shortest = 4; /* bytes; a shorter one would blot out half of a sentence */

void secrets_add(struct secrets *s, const char *value)
{
    if (!value || strlen(value) < shortest)
        return;
    size_t place = 0; /* the longer ones first, since one may be a part of another */
    while (place < s->count && strlen(s->values[place]) >= strlen(value))
        place++;
    memory_append(&s->values, &s->count, sizeof *s->values);
    memmove(s->values + place + 1, s->values + place, (s->count - 1 - place) * sizeof *s->values);
    s->values[place] = memory_copy_of(value);
}

void secrets_add_url(struct secrets *s, const char *url)
{
    struct url u;
    struct error ignored = {0};
    if (!url_parse(&u, url, &ignored))
        return;
    const char *password = u.password ? u.password : getenv("PGPASSWORD");
    if (password) {
        struct url alone = {.user = (char *)"", .password = (char *)password};
        char *formatted = url_format(&alone, true); /* postgresql://:PASSWORD@/ */
        char *encoded = strchr(formatted + strlen("postgresql:"), ':') + 1;
        encoded[strcspn(encoded, "@")] = '\0';
        secrets_add(s, password);
        secrets_add(s, encoded);
        free(formatted);
    }
    url_release(&u);
}

static char *without(const char *text, const char *secret)
{
    struct text t = {0};
    const char *place;
    while ((place = strstr(text, secret))) {
        text_append_bytes(&t, text, (size_t)(place - text));
        text_append(&t, "***");
        text = place + strlen(secret);
    }
    text_append(&t, text);
    return text_detach(&t);
}

char *secrets_hide(const struct secrets *s, const char *text)
{
    char *shown = memory_copy_of(text ? text : "");
    for (size_t i = 0; i < s->count; i++) {
        char *less = without(shown, s->values[i]);
        free(shown);
        shown = less;
    }
    char *line = text_one_line(shown);
    free(shown);
    return line;
}

void secrets_release(struct secrets *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->values[i]);
    free(s->values);
    *s = (struct secrets){0};
}
