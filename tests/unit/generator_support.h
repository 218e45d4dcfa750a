/* What the generator's test programs share: throwaway databases and recipes. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "generator/generator.h"
#include "generator_schema.h"
#include "postgres/url.h"

static const char suite_recipe[] =
    TEST_SOURCE_DIRECTORY "/../fixtures/suites/migration_002/fixtures/generated.yaml";

enum { DATABASES = 3 };

struct fixture {
    struct connection server, database[DATABASES];
    char *names[DATABASES];
    struct generator_counts counts;
    char recipe[64]; /* a temporary file */
};

static void run(struct connection *c, const char *sql)
{
    struct error e = {0};
    if (!connection_run(c, sql, &e))
        fail_msg("%s: %s", sql, e.message);
}

static void open_database(struct fixture *f, int number, const char *url)
{
    struct error e = {0};
    f->names[number] = memory_format("generator_%d_%d", (int)getpid(), number);
    char *sql = memory_format("CREATE DATABASE %s TEMPLATE template0", f->names[number]);
    run(&f->server, sql);
    free(sql);
    char *own = url_with_database(url, f->names[number], &e);
    bool good = own && connection_open(&f->database[number], own, NULL, &e);
    free(own);
    if (!good)
        fail_msg("%s", e.message);
    run(&f->database[number], core_schema);
}

static inline int setup(void **state)
{
    const char *url = getenv("PGREHEARSE_TEST_SERVER");
    if (!url)
        fail_msg("PGREHEARSE_TEST_SERVER is not set: run through tests/support/with-server");
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    struct error e = {0};
    if (!connection_open(&f->server, url, NULL, &e))
        fail_msg("%s", e.message);
    for (int i = 0; i < DATABASES; i++)
        open_database(f, i, url);
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < DATABASES; i++) {
        connection_close(&f->database[i]);
        char *sql = memory_format("DROP DATABASE IF EXISTS %s WITH (FORCE)", f->names[i]);
        struct error ignored = {0};
        connection_run(&f->server, sql, &ignored);
        free(sql);
        free(f->names[i]);
    }
    connection_close(&f->server);
    generator_counts_release(&f->counts);
    if (f->recipe[0])
        unlink(f->recipe);
    free(f);
    return 0;
}

/* The recipe in a file of its own; its path belongs to the fixture. */
static inline const char *recipe_of(struct fixture *f, const char *yaml)
{
    if (f->recipe[0])
        unlink(f->recipe);
    snprintf(f->recipe, sizeof f->recipe, "generator-recipe-XXXXXX");
    int fd = mkstemp(f->recipe);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    close(fd);
    return f->recipe;
}

static inline bool generate(struct fixture *f, int number, uint64_t repositories, uint64_t chunks,
                            uint64_t embeddings, uint64_t seed, struct error *e)
{
    struct generator_size sizes[] = {
        {"repositories", repositories}, {"chunks-per-repo", chunks}, {"embeddings", embeddings}};
    struct generator_request request = {
        .recipe_path = suite_recipe, .sizes = sizes, .size_count = 3, .seed = seed};
    generator_counts_release(&f->counts);
    return generator_run(&f->database[number], &request, &f->counts, e);
}

static inline void must_generate(struct fixture *f, int number, uint64_t repositories,
                                 uint64_t chunks, uint64_t seed)
{
    struct error e = {0};
    if (!generate(f, number, repositories, chunks, 100, seed, &e))
        fail_msg("%s", e.message);
}

/* The first value of a query; freed by the caller. */
static inline char *value(struct fixture *f, int number, const char *sql)
{
    struct error e = {0};
    char *found = connection_value(&f->database[number], sql, 0, NULL, &e);
    if (!found)
        fail_msg("%s: %s", sql, e.message);
    return found;
}

static inline void assert_value(struct fixture *f, const char *sql, const char *expected)
{
    char *found = value(f, 0, sql);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: expected %s, found %s", sql, expected, found);
    free(found);
}

static inline const struct generator_table *entry(const struct fixture *f, const char *table)
{
    for (size_t i = 0; i < f->counts.count; i++)
        if (strcmp(f->counts.tables[i].table, table) == 0)
            return &f->counts.tables[i];
    return NULL;
}
