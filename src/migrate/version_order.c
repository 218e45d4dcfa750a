#include "migrate/version_order.h"

#include <ctype.h>

#include "base/memory.h"
#include "base/text.h"

static const char *without_zeros(const char *number)
{
    while (number[0] == '0' && isdigit((unsigned char)number[1]))
        number++;
    return number;
}

static char *dashless(const char *written)
{
    struct text key = {0};
    for (; *written; written++)
        if (*written != '-')
            text_append_bytes(&key, written, 1);
    return text_detach(&key);
}

static char *dotted(const char *written)
{
    char *key = memory_copy_of(written);
    for (char *at = key; *at; at++)
        if (*at == '_')
            *at = '.';
    return key;
}

char *version_key(enum version_kind kind, const char *written)
{
    if (kind == VERSION_NUMBER)
        return memory_copy_of(without_zeros(written));
    if (kind == VERSION_DOTTED)
        return dotted(written);
    if (kind == VERSION_DASHLESS)
        return dashless(written);
    return memory_copy_of(written);
}

/* Two runs of digits by their value; both are moved behind the run. */
static int compare_runs(const char **a, const char **b)
{
    const char *x = without_zeros(*a), *y = without_zeros(*b);
    x += *x == '0'; /* so that 0 and nothing are the same */
    y += *y == '0';
    size_t first = strspn(x, "0123456789"), second = strspn(y, "0123456789");
    *a = x + first;
    *b = y + second;
    if (first != second)
        return first < second ? -1 : 1;
    return strncmp(x, y, first);
}

static int compare_naturally(const char *a, const char *b)
{
    while (*a && *b) {
        int order;
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b))
            order = compare_runs(&a, &b);
        else
            order = (unsigned char)*a++ - (unsigned char)*b++;
        if (order)
            return order;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

/* The value of a part is that of its digits; one that is missing is 0. */
static int compare_dotted(const char *a, const char *b)
{
    int order = 0;
    while (!order && (*a || *b)) {
        order = compare_runs(&a, &b);
        a += strcspn(a, ".") + (strchr(a, '.') != NULL);
        b += strcspn(b, ".") + (strchr(b, '.') != NULL);
    }
    return order;
}

int version_compare(enum version_kind kind, const char *a, const char *b)
{
    if (kind == VERSION_TEXT || kind == VERSION_DASHLESS)
        return strcmp(a, b);
    return kind == VERSION_DOTTED ? compare_dotted(a, b) : compare_naturally(a, b);
}
