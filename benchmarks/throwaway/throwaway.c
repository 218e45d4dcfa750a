/*
 * throwaway SERVER|- FILE ROUNDS: what the library adds to a bare CREATE DATABASE … TEMPLATE, in
 * turns; "-" is a server of one's own. FILE is the template's SQL. Exit 0 if the median is at most
 * 1.1 times that of the faster way in which the server itself copies.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "pgrehearse/throwaway.h"
#include "postgres/connection.h"
#include "postgres/server_version.h"

static const double aim = 1.1;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* The ways to copy, by hand; the last is for servers that know strategies. */
static const char *const ways[] = {"", "STRATEGY wal_log", "STRATEGY file_copy"};
enum { WAYS = sizeof ways / sizeof *ways };

struct bench {
    struct pgr_template *template;
    struct connection server;
    char *database; /* the template's */
    size_t way_count;
    double *library, *bare[WAYS];
};

/* Seconds; negative if it failed. */
static double by_library(struct bench *b)
{
    struct pgr_error e = {""};
    double begun = clock_seconds();
    struct pgr_throwaway *d = pgr_throwaway(b->template, &e);
    double taken = clock_seconds() - begun;
    if (!d || !pgr_throwaway_drop(d, &e))
        fprintf(stderr, "throwaway: %s\n", e.message);
    return d ? taken : -1;
}

static double by_hand(struct bench *b, const char *way)
{
    struct error e = {0};
    char *create =
        memory_format("CREATE DATABASE throwaway_benchmark TEMPLATE \"%s\" %s", b->database, way);
    double begun = clock_seconds();
    bool good = connection_run(&b->server, create, &e);
    double taken = clock_seconds() - begun;
    good = connection_run(&b->server, "DROP DATABASE IF EXISTS throwaway_benchmark", &e) && good;
    if (!good)
        fprintf(stderr, "by hand: %s\n", e.message);
    free(create);
    return good ? taken : -1;
}

static bool measure(struct bench *b, size_t rounds)
{
    bool good = true;
    for (size_t i = 0; i < rounds; i++)
        for (size_t turn = 0; turn <= b->way_count && good; turn++) {
            size_t w = (i + turn) % (b->way_count + 1); /* each is first in turn */
            double *taken = w < b->way_count ? &b->bare[w][i] : &b->library[i];
            *taken = w < b->way_count ? by_hand(b, ways[w]) : by_library(b);
            good = *taken >= 0;
        }
    return good;
}

static int report(struct bench *b, size_t rounds)
{
    double ours = median(b->library, rounds), best = 0;
    for (size_t w = 0; w < b->way_count; w++) {
        double bare = median(b->bare[w], rounds);
        printf("CREATE DATABASE … TEMPLATE … %-18s %6.2f ms\n", ways[w], bare * 1e3);
        best = w == 0 || bare < best ? bare : best;
    }
    printf("pgr_throwaway() %30s %6.2f ms: %.3f times the fastest; aim at most %g: %s\n", "",
           ours * 1e3, ours / best, aim, ours <= aim * best ? "met" : "MISSED");
    return ours <= aim * best ? 0 : 1;
}

static bool open_bench(struct bench *b, const char *server, const char *sql, struct error *e)
{
    struct pgr_error trouble = {""};
    struct pgr_template_source source = {.size = sizeof source, .server = server, .sql = sql};
    b->template = pgr_template_open(&source, &trouble);
    if (!b->template)
        return error_set(e, ERROR_UNAVAILABLE, "%s", trouble.message);
    if (!connection_open(&b->server, pgr_template_server(b->template), NULL, e))
        return false;
    b->way_count = server_version_has(PQserverVersion(b->server.pg), SERVER_CLONE_STRATEGY) ? 3 : 1;
    b->database = connection_value(&b->server,
                                   "SELECT datname FROM pg_database WHERE datname ~ "
                                   "'^pgrehearse_[0-9a-f]{12}_template$' ORDER BY oid DESC LIMIT 1",
                                   0, NULL, e);
    return b->database != NULL;
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    struct error e = {0};
    size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    int code = 3;
    if (rounds == 0) {
        fputs("usage: throwaway SERVER|- FILE ROUNDS\n", stderr);
        return 2;
    }
    b.library = memory_zeroed(rounds, sizeof *b.library);
    for (size_t w = 0; w < WAYS; w++)
        b.bare[w] = memory_zeroed(rounds, sizeof *b.bare[w]);
    if (!open_bench(&b, strcmp(argv[1], "-") == 0 ? NULL : argv[1], argv[2], &e))
        fprintf(stderr, "throwaway: %s\n", e.message);
    else if (measure(&b, rounds))
        code = report(&b, rounds);
    connection_close(&b.server);
    pgr_template_close(b.template, NULL);
    for (size_t w = 0; w < WAYS; w++)
        free(b.bare[w]);
    free(b.library);
    free(b.database);
    return code;
}
