#include "commands/generate_all.h"

#include <errno.h>

#include "base/memory.h"
#include "commands/filling_progress.h"
#include "generator/generator.h"
#include "ground/given_database.h"

struct list {
    char **names;
    size_t count;
};

struct wishes {
    struct generator_wish *list;
    size_t count;
};

/* The pieces of "a,b,c". */
static struct list split(const char *joined)
{
    struct list list = {0};
    while (joined && *joined) {
        size_t length = strcspn(joined, ",");
        char **name = memory_append(&list.names, &list.count, sizeof *list.names);
        *name = memory_format("%.*s", (int)length, joined);
        joined += length + (joined[length] ? 1 : 0);
    }
    return list;
}

static void release(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
}

/* Reads "orders=1000" of each piece, and cuts the piece behind the name. */
static bool read_wishes(struct list *pieces, struct wishes *wishes, struct error *e)
{
    for (size_t i = 0; i < pieces->count; i++) {
        char *number = strrchr(pieces->names[i], '='), *end = NULL;
        errno = 0;
        unsigned long long rows = number ? strtoull(number + 1, &end, 10) : 0;
        if (!number || number == pieces->names[i] || end == number + 1 || *end || errno ||
            strchr(number, '-'))
            return error_set(e, ERROR_USAGE,
                             "--rows %s: expected TABLE=N, with N a whole number, and commas "
                             "between several",
                             pieces->names[i]);
        *number = '\0';
        struct generator_wish *wish =
            memory_append(&wishes->list, &wishes->count, sizeof *wishes->list);
        *wish = (struct generator_wish){.table = pieces->names[i], .rows = rows};
    }
    return true;
}

static bool has_rows(const struct generator_table *t)
{
    return t->before + t->rows > 0;
}

static void print_table(const struct generator_table *t)
{
    printf("%-40s %10llu rows", t->table, (unsigned long long)(t->before + t->rows));
    if (t->before)
        printf(" (%llu were there)", (unsigned long long)t->before);
    if (!has_rows(t))
        printf("  %s", t->reason ? t->reason : "reason unknown");
    else if (t->note)
        printf("  %s", t->note);
    else if (t->wanted > t->before + t->rows)
        printf("  instead of %llu: %s", (unsigned long long)t->wanted,
               t->reason ? t->reason : "reason unknown");
    printf("\n");
}

static void print_counts(const struct generator_counts *counts)
{
    size_t filled = 0;
    for (size_t i = 0; i < counts->count; i++) {
        print_table(&counts->tables[i]);
        filled += has_rows(&counts->tables[i]);
    }
    printf("%zu of %zu tables have rows\n", filled, counts->count);
}

static bool fill(const char *url, const struct generator_fill *request, const struct cancel *cancel,
                 struct error *e)
{
    struct connection c = {0};
    struct generator_counts counts = {0};
    bool good = given_database_open(&c, url, false, cancel, e) &&
                generator_fill_all(&c, request, &counts, e);
    connection_close(&c);
    if (good)
        print_counts(&counts);
    generator_counts_release(&counts);
    return good;
}

bool generate_all(const struct arguments *arguments, uint64_t seed, const struct cancel *cancel,
                  struct error *e)
{
    const char *url = arguments_value(arguments, "database");
    if (!url)
        return error_set(e, ERROR_USAGE, "generate: into which database? Give --database URL");
    struct list excluded = split(arguments_value(arguments, "exclude"));
    struct list pieces = split(arguments_value(arguments, "rows"));
    struct wishes wishes = {0};
    struct filling_progress progress;
    bool good = filling_progress_begin(&progress, e) && read_wishes(&pieces, &wishes, e);
    struct generator_fill request = {.seed = seed,
                                     .tame = arguments_given(arguments, "tame"),
                                     .excluded = (const char *const *)excluded.names,
                                     .excluded_count = excluded.count,
                                     .wishes = wishes.list,
                                     .wish_count = wishes.count,
                                     .progress = filling_progress_show,
                                     .context = &progress};
    good = good && fill(url, &request, cancel, e);
    filling_progress_release(&progress);
    free(wishes.list);
    release(&excluded);
    release(&pieces);
    return good;
}
