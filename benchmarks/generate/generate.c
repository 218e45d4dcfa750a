/*
 * generate URL FOLDER: compares generating rows with a COPY of the same rows from a ready binary
 * file, in turns, on a database of its own. benchmarks/generate/run starts it.
 */
#include <stdint.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "generator/generator.h"
#include "postgres/connection.h"

static const char recipe[] = "fixtures/suites/migration_002/fixtures/generated.yaml";
static const char *const tables[] = {"repositories", "code_chunks"};

static const char schema[] =
    "DROP TABLE IF EXISTS code_chunks, repositories;"
    "CREATE TABLE repositories (id uuid PRIMARY KEY, path text NOT NULL UNIQUE,"
    " indexed_at timestamptz NOT NULL, metadata jsonb, created_at timestamptz DEFAULT now(),"
    " updated_at timestamptz DEFAULT now());"
    "CREATE TABLE code_chunks (id uuid PRIMARY KEY, repository_id uuid NOT NULL"
    " REFERENCES repositories (id) ON DELETE CASCADE, file_path text NOT NULL,"
    " content text NOT NULL, start_line integer NOT NULL, end_line integer NOT NULL,"
    " embedding vector(768), created_at timestamptz DEFAULT now(),"
    " updated_at timestamptz DEFAULT now());"
    "CREATE INDEX ON code_chunks (repository_id);"
    "SET client_min_messages = error;"
    "CREATE INDEX ON code_chunks USING ivfflat (embedding vector_cosine_ops)";

enum { ROUNDS = 9 };

static void must(bool good, const struct error *e)
{
    if (!good) {
        fprintf(stderr, "%s\n", e->message);
        exit(3);
    }
}

static void generate(struct connection *c, uint64_t chunks, uint64_t embeddings)
{
    struct error e = {0};
    struct generator_size sizes[] = {
        {"repositories", 100}, {"chunks-per-repo", chunks}, {"embeddings", embeddings}};
    struct generator_request request = {recipe, sizes, 3, 1, NULL, NULL};
    struct generator_counts counts;
    must(generator_run(c, &request, &counts, &e), &e);
    generator_counts_release(&counts);
}

static void copy_file(struct connection *c, const char *folder, const char *table)
{
    static char buffer[64 * 1024];
    struct error e = {0};
    char text[4096];
    snprintf(text, sizeof text, "%s/%s", folder, table);
    FILE *file = fopen(text, "rb");
    if (!file)
        abort();
    snprintf(text, sizeof text, "COPY %s FROM STDIN (FORMAT binary)", table);
    must(connection_copy_begin(c, text, &e), &e);
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0)
        must(connection_copy_put(c, buffer, length, &e), &e);
    must(connection_copy_end(c, NULL, &e), &e);
    fclose(file);
}

static void save_file(struct connection *c, const char *folder, const char *table)
{
    struct error e = {0};
    char text[4096];
    snprintf(text, sizeof text, "%s/%s", folder, table);
    FILE *file = fopen(text, "wb");
    if (!file)
        abort();
    snprintf(text, sizeof text, "COPY %s TO STDOUT (FORMAT binary)", table);
    must(connection_copy_begin(c, text, &e), &e);
    char *data;
    int length;
    while ((length = connection_copy_get(c, &data, &e)) > 0) {
        fwrite(data, 1, (size_t)length, file);
        PQfreemem(data);
    }
    must(length == 0 && fclose(file) == 0, &e);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds)
{
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    return seconds[ROUNDS / 2];
}

/* The same work up to the commit, from an empty schema and a fresh checkpoint. */
static double time_one(struct connection *c, const char *folder, bool ready, uint64_t chunks,
                       uint64_t embeddings)
{
    struct error e = {0};
    must(connection_run(c, schema, &e) && connection_run(c, "CHECKPOINT", &e), &e);
    double start = clock_seconds();
    if (!ready) {
        generate(c, chunks, embeddings);
    } else {
        must(connection_run(c, "BEGIN", &e), &e);
        for (size_t i = 0; i < 2; i++)
            copy_file(c, folder, tables[i]);
        must(connection_run(c, "COMMIT", &e), &e);
    }
    return clock_seconds() - start;
}

static void compare_them(struct connection *c, const char *folder, uint64_t chunks,
                         uint64_t embeddings)
{
    double generated[ROUNDS], copied[ROUNDS];
    time_one(c, folder, false, chunks, embeddings);
    for (size_t i = 0; i < 2; i++)
        save_file(c, folder, tables[i]);
    for (size_t i = 0; i < ROUNDS; i++) {
        bool first = i % 2; /* neither always goes first */
        double a = time_one(c, folder, first, chunks, embeddings);
        double b = time_one(c, folder, !first, chunks, embeddings);
        copied[i] = first ? a : b;
        generated[i] = first ? b : a;
    }
    double g = median(generated), r = median(copied);
    printf("%llu chunks, %llu %% with embeddings: generated %.3f s, ready file %.3f s,"
           " ratio %.2f (medians of %d; fastest %.3f and %.3f)\n",
           (unsigned long long)chunks * 100, (unsigned long long)embeddings, g, r, g / r, ROUNDS,
           generated[0], copied[0]);
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int main(int argc, char **argv)
{
    struct connection c = {0};
    struct error e = {0};
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: generate URL FOLDER [CHUNKS-PER-REPO]\n");
        return 2;
    }
    must(connection_open(&c, argv[1], NULL, &e), &e);
    must(connection_run(&c, "CREATE EXTENSION IF NOT EXISTS vector", &e), &e);
    if (argc == 4) { /* memory: one run of that size, without embeddings */
        must(connection_run(&c, schema, &e), &e);
        uint64_t chunks = strtoull(argv[3], NULL, 10);
        generate(&c, chunks, 0);
        printf("%llu chunks: %ld kB at the peak\n", (unsigned long long)chunks * 100,
               peak_kilobytes());
    } else {
        compare_them(&c, argv[2], 100, 100);
    }
    connection_close(&c);
    return 0;
}
