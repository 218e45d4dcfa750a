#include "base/hidden_arguments.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void fill_with_stars(char *from, size_t length)
{
    memset(from, '*', length);
}

/* scheme://USER:PASSWORD@…; a raw @ may be meant to be a part of the password. */
static void hide_in_url(char *argument)
{
    char *start = strstr(argument, "://");
    char *end = start ? strrchr(start, '@') : NULL;
    char *colon = start ? memchr(start + 3, ':', strlen(start + 3)) : NULL;
    if (end && colon && colon < end)
        fill_with_stars(colon + 1, (size_t)(end - colon - 1));
}

/* http://HOST/…: paths of webhooks are secrets too; they end at one of `ends`. */
static void hide_path(char *argument, const char *ends)
{
    char *start = strstr(argument, "://");
    bool http = start && ((start - argument >= 4 && strncmp(start - 4, "http", 4) == 0) ||
                          (start - argument >= 5 && strncmp(start - 5, "https", 5) == 0));
    char *path = http ? start + 3 + strcspn(start + 3, "/?#") : NULL;
    if (path && *path)
        fill_with_stars(path + 1, strcspn(path + 1, ends));
}

/* libpq's keywords of secrets (PostgreSQL manual, 34.1.2); `sslpassword` ends with the first. */
static const char *const keywords[] = {"password", "oauth_client_secret", "scram_client_key",
                                       "scram_server_key"};

/* The length of a letter as it stands there, by itself or as %XX (RFC 3986, 2.1); 0 for another. */
static size_t letter_length(const char *p, char letter)
{
    const char digits[] = {p[0] == '%' ? p[1] : '\0', p[0] == '%' && p[1] ? p[2] : '\0', '\0'};
    char *end;
    long code = strtol(digits, &end, 16);
    if (p[0] == letter)
        return 1;
    return isxdigit((unsigned char)digits[0]) && end == digits + 2 && code == letter ? 3 : 0;
}

/* The length of a keyword of a secret that begins there, however it is spelled; 0 for none. */
static size_t keyword_length(const char *p)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        size_t length = 0, letter = 1;
        for (const char *k = keywords[i]; *k && letter; k++)
            length += letter = letter_length(p + length, *k);
        if (letter)
            return length;
    }
    return 0;
}

/* The length of the value that begins there, up to the end of an option or of a quoted string. */
static size_t value_length(const char *p, bool quoted)
{
    size_t length = 0;
    for (; p[length] && !strchr(quoted ? "'" : " &", p[length]); length++)
        length += p[length] == '\\' && p[length + 1];
    return length;
}

/* password=VALUE, bare, in quotes, or among the options of a URL. */
static void hide_value(char *argument)
{
    for (char *p = argument; *p;) {
        size_t keyword = keyword_length(p);
        p += keyword ? keyword : 1;
        char *sign = p + strspn(p, " ");
        if (!keyword || *sign != '=')
            continue;
        p = sign + 1 + strspn(sign + 1, " ");
        bool quoted = *p == '\'';
        p += quoted;
        size_t length = value_length(p, quoted);
        fill_with_stars(p, length);
        p += length;
    }
}

void hide_quoted_arguments(char *message)
{
    hide_in_url(message);
    hide_value(message);
    hide_path(message, " '\n");
}

const char **hidden_arguments(int argc, char **argv)
{
    size_t pointers = ((size_t)argc + 1) * sizeof(char *), bytes = pointers;
    for (int i = 0; i < argc; i++)
        bytes += strlen(argv[i]) + 1;
    const char **copy = memory_zeroed(bytes, 1);
    char *room = (char *)copy + pointers;
    for (int i = 0; i < argc; i++) {
        size_t length = strlen(argv[i]) + 1;
        copy[i] = memcpy(room, argv[i], length);
        room += length;
        hide_in_url(argv[i]);
        hide_value(argv[i]);
        hide_path(argv[i], "");
    }
    return copy;
}
