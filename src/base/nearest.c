#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LONGEST = 64 }; /* bytes; a longer name is nobody's slip */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool is_same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Damerau's distance, restricted to exchanges of neighbours that are not edited further. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    size_t length_a = strlen(a), length_b = strlen(b);
    for (size_t j = 0; j <= length_b; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            row[j] =
                least(least(above[j], row[j - 1]) + 1, above[j - 1] + !is_same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return rows[length_a % 3][length_b];
}

/* "idem" for "idempotency" */
static bool is_beginning(const char *given, const char *name)
{
    size_t i = 0;
    while (given[i] && is_same(given[i], name[i]))
        i++;
    return i >= 3 && !given[i];
}

const char *nearest_name(const char *given, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t length = strlen(given), smallest = SIZE_MAX;
    size_t tolerated = length <= 2 ? 0 : length <= 5 ? 1 : length <= 8 ? 2 : 3;
    if (length == 0 || length > LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (!names[i] || strlen(names[i]) > LONGEST)
            continue;
        size_t away = distance(given, names[i]);
        if (away > tolerated && is_beginning(given, names[i]))
            away = tolerated;
        if (away <= tolerated && away < smallest) {
            smallest = away;
            nearest = names[i];
        }
    }
    return nearest;
}
