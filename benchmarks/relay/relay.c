/*
 * relay SERVER FOLDER ROUNDS: what the relay adds to the reference migration. FOLDER has its
 * revisions; up and down, directly and through the relay, in turns. Exit 0 if it adds at most 5 %
 * or 2 ms.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "postgres/connection.h"
#include "postgres/url.h"
#include "relay/relay.h"

static const char database[] = "relay_benchmark";

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

/* Seconds that it took; negative if it failed. */
static double migrate(const char *url, const char *folder, const char *what)
{
    char *command = memory_format("pgrehearse-migrate %s", what);
    char *variable = memory_format("DATABASE_URL=%s", url);
    const char *const environment[] = {variable, NULL};
    const struct process_request request = {
        .sees = SEES_ALL, .command = command, .directory = folder, .environment = environment};
    struct process_result result = {0};
    struct error e = {0};
    bool good =
        process_run(&request, &result, &e) && result.ending == PROCESS_EXITED && result.status == 0;
    double seconds = good ? result.seconds : -1;
    if (!good)
        fprintf(stderr, "%s: %s%s\n", command, e.message, text_string(&result.log));
    process_result_release(&result);
    free(command);
    free(variable);
    return seconds;
}

static int tell(double *direct, double *relayed, size_t rounds)
{
    double without = median(direct, rounds), with = median(relayed, rounds);
    bool holds = with <= without * 1.05 || with - without <= 0.002;
    printf("directly %.2f ms, through the relay %.2f ms: %+.2f ms, %.3f times; aim at most 5 %% or "
           "2 ms: %s\n",
           without * 1e3, with * 1e3, (with - without) * 1e3, with / without,
           holds ? "met" : "MISSED");
    return holds ? 0 : 1;
}

static int measure(const char *url, const char *relayed_url, const char *folder, size_t rounds)
{
    double *direct = memory_zeroed(rounds, sizeof *direct);
    double *relayed = memory_zeroed(rounds, sizeof *relayed);
    bool good = migrate(url, folder, "upgrade 005") >= 0;
    for (size_t i = 0; i < 2 * rounds && good; i++) {
        const char *through = i % 2 ? relayed_url : url;
        double up = migrate(through, folder, "upgrade 002");
        double down = up < 0 ? -1 : migrate(through, folder, "downgrade 005");
        (i % 2 ? relayed : direct)[i / 2] = up + down;
        good = down >= 0;
    }
    int status = good ? tell(direct, relayed, rounds) : 3;
    free(direct);
    free(relayed);
    return status;
}

int main(int argc, char **argv)
{
    struct connection server = {0}, inside = {0};
    struct error e = {0};
    struct relay *relay = NULL;
    char folder[] = "/tmp/relay-benchmark-XXXXXX";
    size_t rounds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (!rounds || !mkdtemp(folder)) {
        fprintf(stderr, "usage: relay SERVER FOLDER ROUNDS\n");
        return 2;
    }
    char *drop = memory_format("DROP DATABASE IF EXISTS %s WITH (FORCE)", database);
    char *create = memory_format("CREATE DATABASE %s", database);
    char *url = url_with_database(argv[1], database, &e);
    bool good = url && connection_open(&server, argv[1], NULL, &e) &&
                connection_run(&server, drop, &e) && connection_run(&server, create, &e) &&
                connection_open(&inside, url, NULL, &e) &&
                connection_run(&inside, "CREATE EXTENSION vector", &e) &&
                (relay = relay_start(url, folder, NULL, &e));
    int status = good ? measure(url, relay_url(relay), argv[2], rounds) : 3;
    if (!good)
        fprintf(stderr, "%s\n", e.message);
    relay_free(relay);
    connection_close(&inside);
    if (server.pg)
        connection_run(&server, drop, &e);
    connection_close(&server);
    rmdir(folder);
    free(drop);
    free(create);
    free(url);
    return status;
}
