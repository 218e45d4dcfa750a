/* A database of its own for a test program, on the server that PGREHEARSE_TEST_SERVER names. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "postgres/connection.h"
#include "postgres/url.h"

struct test_database {
    struct connection connection;
    struct connection server; /* to create and drop it */
    char *name, *url;
};

static inline int test_database_create(struct test_database *d, const char *name)
{
    struct error e = {0};
    const char *url = getenv("PGREHEARSE_TEST_SERVER");
    if (!url) {
        print_error(
            "PGREHEARSE_TEST_SERVER is not set: run this under tests/support/with-server\n");
        return -1;
    }
    d->name = memory_format("%s_%ld", name, (long)getpid());
    char *create = memory_format("CREATE DATABASE %s", d->name);
    bool good = connection_open(&d->server, url, NULL, &e) &&
                connection_run(&d->server, create, &e) &&
                (d->url = url_with_database(url, d->name, &e)) != NULL &&
                connection_open(&d->connection, d->url, NULL, &e);
    free(create);
    if (!good)
        print_error("%s\n", e.message);
    return good ? 0 : -1;
}

static inline int test_database_drop(struct test_database *d)
{
    struct error e = {0};
    connection_close(&d->connection);
    char *drop = memory_format("DROP DATABASE IF EXISTS %s WITH (FORCE)", d->name ? d->name : "");
    bool good = !d->server.pg || connection_run(&d->server, drop, &e);
    connection_close(&d->server);
    free(drop);
    free(d->name);
    free(d->url);
    return good ? 0 : -1;
}

/* The database as it is now, under a name of its own, which the caller drops and frees. */
static inline char *test_database_clone(struct test_database *d, struct connection *clone)
{
    struct error e = {0};
    char *name = memory_format("%s_before", d->name);
    char *create = memory_format("CREATE DATABASE %s TEMPLATE %s", name, d->name);
    char *url = url_with_database(d->url, name, &e);
    connection_close(&d->connection);
    if (!connection_run(&d->server, create, &e) || !connection_open(clone, url, NULL, &e) ||
        !connection_open(&d->connection, d->url, NULL, &e))
        fail_msg("%s", e.message);
    free(create);
    free(url);
    return name;
}

/* Runs it or fails the test with the server's message. */
static inline void test_database_run(struct test_database *d, const char *sql)
{
    struct error e = {0};
    if (!connection_run(&d->connection, sql, &e))
        fail_msg("%s, in: %s", e.message, sql);
}
