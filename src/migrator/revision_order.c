#include "migrator/revision_order.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

void revision_problem_add(struct revision_list *list, const char *file, const char *format, ...)
{
    va_list arguments;
    struct revision_problem *problem =
        memory_append(&list->problems, &list->problem_count, sizeof *list->problems);
    va_start(arguments, format);
    problem->text = memory_format_list(format, arguments);
    va_end(arguments);
    problem->file = memory_copy_of(file);
}

/* The next run of digits in `*p`, without leading zeros; its length is 0 at the end. */
enum { NEWEST = 5 }; /* revisions among which a repeated number is a mistake */

static const char *next_number(const char **p, size_t *length)
{
    while (**p && !isdigit((unsigned char)**p))
        ++*p;
    while (**p == '0')
        ++*p;
    const char *start = *p;
    while (isdigit((unsigned char)**p))
        ++*p;
    *length = (size_t)(*p - start);
    return start;
}

int revision_number_compare(const char *a, const char *b)
{
    while (*a || *b) {
        size_t a_length, b_length;
        const char *x = next_number(&a, &a_length), *y = next_number(&b, &b_length);
        if (a_length != b_length)
            return a_length < b_length ? -1 : 1;
        int difference = memcmp(x, y, a_length);
        if (difference)
            return difference;
    }
    return 0;
}

static const char *first_file(const struct project_revision *revision)
{
    return revision->file_count ? revision->files[0] : revision->id;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(first_file(a), first_file(b));
}

static int by_number(const void *a, const void *b)
{
    const struct project_revision *x = a, *y = b;
    int difference = revision_number_compare(x->id, y->id);
    return difference ? difference : by_name(a, b);
}

/* Text, in which runs of digits count by their value. */
static int compare_naturally(const char *a, const char *b)
{
    while (*a && *b) {
        size_t x, y;
        int difference = (unsigned char)*a - (unsigned char)*b;
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            const char *first = next_number(&a, &x), *second = next_number(&b, &y);
            difference = x == y ? memcmp(first, second, x) : x < y ? -1 : 1;
        } else {
            a++;
            b++;
        }
        if (difference)
            return difference;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static int by_natural_name(const void *a, const void *b)
{
    const struct project_revision *x = a, *y = b;
    return compare_naturally(x->id, y->id);
}

static const char *skip_dashes(const char *text)
{
    return text + strspn(text, "-");
}

static int compare_without_dashes(const char *a, const char *b)
{
    for (a = skip_dashes(a), b = skip_dashes(b); *a && *a == *b;) {
        a = skip_dashes(a + 1);
        b = skip_dashes(b + 1);
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static int by_name_without_dashes(const void *a, const void *b)
{
    const struct project_revision *x = a, *y = b;
    int difference = compare_without_dashes(x->id, y->id);
    return difference ? difference : by_name(a, b);
}

static size_t find(const struct revision_list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

static bool are_same(const struct project_revision *a, const struct project_revision *b,
                     enum suite_order order)
{
    if (order == ORDER_NUMBER)
        return revision_number_compare(a->id, b->id) == 0;
    return order == ORDER_DASHLESS ? compare_without_dashes(a->id, b->id) == 0
                                   : strcmp(a->id, b->id) == 0;
}

/* Equal ones are neighbours, except where a list or parents give the order. */
static void note_duplicates(struct revision_list *list, enum suite_order order)
{
    bool all = order == ORDER_PARENTS;
    for (size_t i = 1; i < list->count && order != ORDER_LIST; i++)
        for (size_t j = all ? 0 : i - 1; j < i; j++)
            if (are_same(&list->items[i], &list->items[j], order))
                revision_problem_add(list, first_file(&list->items[i]),
                                     "duplicate revision %s: %s and %s", list->items[i].id,
                                     first_file(&list->items[j]), first_file(&list->items[i]));
}

bool revision_list_repeats_long_ago(const struct revision_list *list)
{
    size_t last = 0;
    for (size_t i = 1; i < list->count; i++)
        if (are_same(&list->items[i], &list->items[i - 1], ORDER_NUMBER))
            last = i;
    return last && last + NEWEST < list->count;
}

/* Parents of another family may be those of a program that the project uses. */
static void note_missing_parents(struct revision_list *list)
{
    for (size_t i = 0; i < list->count && !list->items[i].family; i++)
        for (size_t j = 0; j < list->items[i].parent_count; j++)
            if (find(list, list->items[i].parents[j]) == SIZE_MAX)
                revision_problem_add(list, first_file(&list->items[i]),
                                     "%s names the parent revision %s, which no file has",
                                     first_file(&list->items[i]), list->items[i].parents[j]);
}

static bool is_parent(const struct revision_list *list, const struct project_revision *revision)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct project_revision *child = &list->items[i];
        bool relative = !child->family || strcmp(child->family, revision->family) == 0;
        for (size_t j = 0; j < child->parent_count && relative; j++)
            if (strcmp(child->parents[j], revision->id) == 0)
                return true;
    }
    return false;
}

/* The heads of a family, "a (file), b (file)"; *number of them. To be freed. */
static char *heads_of(const struct revision_list *list, const char *family, size_t *number,
                      const char **file)
{
    struct text t = {0};
    *number = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct project_revision *revision = &list->items[i];
        bool other = family && strcmp(family, revision->family) != 0;
        if (other || is_parent(list, revision))
            continue;
        text_append_format(&t, "%s%s (%s)", *number ? ", " : "", revision->id,
                           first_file(revision));
        *file = first_file(revision);
        ++*number;
    }
    return text_detach(&t);
}

static bool is_first_of_family(const struct revision_list *list, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!list->items[i].family || strcmp(list->items[i].family, list->items[j].family) == 0)
            return false;
    return true;
}

static void note_heads(struct revision_list *list)
{
    list->head_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t number;
        const char *file = NULL;
        if (!is_first_of_family(list, i))
            continue;
        char *heads = heads_of(list, list->items[i].family, &number, &file);
        if (number > list->head_count)
            list->head_count = number;
        if (number > 1)
            revision_problem_add(
                list, file, "there are %zu heads: %s; merge them into one revision", number, heads);
        free(heads);
    }
}

/* Of each revision the places of its parents; each list ends with SIZE_MAX. */
static size_t **places_of_parents(const struct revision_list *list)
{
    size_t **places = memory_zeroed(list->count + 1, sizeof *places);
    for (size_t i = 0; i < list->count; i++) {
        const struct project_revision *revision = &list->items[i];
        size_t count = 0;
        places[i] = memory_zeroed(revision->parent_count + 1, sizeof **places);
        for (size_t j = 0; j < revision->parent_count; j++) {
            size_t parent = find(list, revision->parents[j]);
            if (parent != SIZE_MAX)
                places[i][count++] = parent;
        }
        places[i][count] = SIZE_MAX;
    }
    return places;
}

static bool are_out(const size_t *parents, const bool *out)
{
    while (*parents != SIZE_MAX && out[*parents])
        parents++;
    return *parents == SIZE_MAX;
}

/* The next that can come; those in a circle come last, in any order. */
static size_t next_of(const struct revision_list *list, size_t *const *parents, const bool *out)
{
    size_t left = SIZE_MAX;
    for (size_t i = 0; i < list->count; i++) {
        if (!out[i] && are_out(parents[i], out))
            return i;
        if (!out[i] && left == SIZE_MAX)
            left = i;
    }
    return left;
}

/* Parents first; among those that could come next, the one whose file comes first by name. */
static void sort_by_parents(struct revision_list *list)
{
    struct project_revision *sorted = memory_zeroed(list->count + 1, sizeof *sorted);
    bool *out = memory_zeroed(list->count + 1, sizeof *out), circle = false;
    size_t **parents = places_of_parents(list);
    for (size_t count = 0; count < list->count; count++) {
        size_t next = next_of(list, parents, out);
        if (!circle && !are_out(parents[next], out)) {
            circle = true;
            revision_problem_add(list, first_file(&list->items[next]),
                                 "revision %s is its own ancestor: %s", list->items[next].id,
                                 first_file(&list->items[next]));
        }
        out[next] = true;
        sorted[count] = list->items[next];
    }
    for (size_t i = 0; i < list->count; i++)
        free(parents[i]);
    free(parents);
    free(out);
    free(list->items);
    list->items = sorted;
}

static void link_neighbours(struct revision_list *list)
{
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i].parent_count == 0)
            *(char **)memory_append(&list->items[i].parents, &list->items[i].parent_count,
                                    sizeof(char *)) = memory_copy_of(list->items[i - 1].id);
    list->head_count = list->count ? 1 : 0;
}

void revision_list_put_in_order(struct revision_list *list, enum suite_order order)
{
    static int (*const compare[])(const void *, const void *) = {
        [ORDER_NAME] = by_name,
        [ORDER_NUMBER] = by_number,
        [ORDER_NATURAL] = by_natural_name,
        [ORDER_DASHLESS] = by_name_without_dashes,
        [ORDER_PARENTS] = by_name,
    };
    if (list->count && order != ORDER_LIST)
        qsort(list->items, list->count, sizeof *list->items, compare[order]);
    note_duplicates(list, order);
    if (order != ORDER_PARENTS) {
        link_neighbours(list);
        return;
    }
    note_missing_parents(list);
    note_heads(list);
    sort_by_parents(list);
}
