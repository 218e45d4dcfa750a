#include "base/hidden_arguments.h"

#include <stdbool.h>
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

/* password=VALUE, bare, in quotes, or among the options of a URL. */
static void hide_value(char *argument)
{
    static const char keyword[] = "password";
    for (char *p = argument; (p = strstr(p, keyword));) {
        p += strlen(keyword);
        p += strspn(p, " ");
        if (*p != '=')
            continue;
        p++;
        p += strspn(p, " ");
        size_t length = 0;
        if (*p == '\'') {
            for (p++; p[length] && p[length] != '\''; length++)
                length += p[length] == '\\' && p[length + 1];
        } else {
            for (; p[length] && !strchr(" &", p[length]); length++)
                length += p[length] == '\\' && p[length + 1];
        }
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
