#include <pthread.h>

#include "generator_support.h"

static void rows_are_as_many_as_asked(void **state)
{
    struct fixture *f = *state;
    must_generate(f, 0, 7, 11, 1);
    assert_int_equal(f->counts.count, 2);
    assert_string_equal(f->counts.tables[0].table, "repositories");
    assert_int_equal(f->counts.tables[0].rows, 7);
    assert_string_equal(f->counts.tables[1].table, "code_chunks");
    assert_int_equal(f->counts.tables[1].rows, 77);
    assert_null(f->counts.tables[1].reason);
    assert_value(f, "SELECT count(*) FROM repositories", "7");
    assert_value(f, "SELECT count(*) FROM code_chunks", "77");
    assert_value(f,
                 "SELECT string_agg(DISTINCT n::text, ',') FROM (SELECT count(*) AS n"
                 " FROM code_chunks GROUP BY repository_id) s",
                 "11");
    assert_value(f, "SELECT count(*) FROM alembic_version", "0");
    assert_int_equal(PQtransactionStatus(f->database[0].pg), PQTRANS_IDLE);
}

static void nothing_asked_is_nothing_made(void **state)
{
    struct fixture *f = *state;
    must_generate(f, 0, 0, 0, 1);
    assert_value(f, "SELECT count(*) FROM repositories", "0");
}

static void every_hostile_piece_is_there(void **state)
{
    static const char *const conditions[] = {
        "content ~ '[ \\t]\\n'",
        "content LIKE E'%\\n\\n\\n'",
        "content LIKE E'%\\t%'",
        "content LIKE E'%\\r\\n%'",
        "content LIKE '%''%' AND content LIKE '%\"%' AND content LIKE '%`%'",
        "content LIKE '%\\\\%'",
        "content LIKE E'%\\n\\\\\\\\N\\n%'",
        "content LIKE E'%\\n\\\\\\\\.\\n%'",
        "content LIKE '%$$%'",
        "content LIKE '%\\%s%' AND content LIKE '%\\%n%'",
        "content LIKE '%<script>%'",
        "content ~ '[\\U00010000-\\U0010FFFD]'",
        "content ~ E'e\\u0301'",
        "content ~ E'\\u05e9' AND content ~ E'\\u202e'",
        "content ~ E'\\u200b' AND content ~ E'\\u200d' AND content ~ E'\\ufeff'",
        "content = ''",
        "content = ' '",
        "length(content) >= 100000",
        "length(content) > 5000 AND content NOT LIKE E'%\\n%'",
        "content ~ E'[\\x01\\x1b\\x7f]'",
        "content = 'NULL'",
        "content LIKE '%DROP TABLE%'",
        "content NOT LIKE E'%\\n' AND content <> ''",
        "content ~ E'\\u2028'",
        "content ~ E'\\u0130' AND content ~ E'\\u00df'",
        "content ~ E'[A-Z]'",
        "file_path <> lower(file_path)",
        "file_path LIKE '%\\\\%'",
        "file_path LIKE '%''%'",
        "file_path LIKE '% '",
        "file_path LIKE E'%\\n%'",
        "length(file_path) > 300",
        "start_line = end_line",
        "created_at < '1970-01-01'",
        "date_trunc('milliseconds', created_at) <> created_at",
    };
    static const char *const documents[] = {
        "metadata IS NULL",
        "metadata = '{}'",
        "metadata #> '{a,b,c,1,1,1}' IS NOT NULL",
        "metadata ->> 'unicode' LIKE E'%\\U0001F600%'",
        "(metadata ->> 'big')::numeric > 1e29",
        "jsonb_typeof(metadata) = 'null'",
        "jsonb_typeof(metadata) = 'array'",
        "metadata ? ''",
        "indexed_at < '1970-01-01'",
        "path <> lower(path)",
    };
    struct fixture *f = *state;
    must_generate(f, 0, 1, 40, 5); /* all pieces come within 40 rows … */
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        char *sql = memory_format("SELECT count(*) > 0 FROM code_chunks WHERE %s", conditions[i]);
        assert_value(f, sql, "t");
        free(sql);
    }
    assert_value(f, "SELECT bool_and(end_line >= start_line AND start_line > 0) FROM code_chunks",
                 "t");
    must_generate(f, 0, 40, 1, 6);
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        char *sql = memory_format("SELECT count(*) > 0 FROM repositories WHERE %s", documents[i]);
        assert_value(f, sql, "t");
        free(sql);
    }
}

static void vectors_have_length_one(void **state)
{
    struct fixture *f = *state;
    must_generate(f, 0, 10, 30, 1);
    assert_value(f, "SELECT bool_and(abs(vector_norm(embedding) - 1) < 1e-3) FROM code_chunks",
                 "t");
    assert_value(f, "SELECT count(DISTINCT embedding::text) FROM code_chunks", "300");
    /* in random directions: two of them are all but perpendicular */
    assert_value(f,
                 "SELECT abs(avg(a.embedding <#> b.embedding)) < 0.02 FROM code_chunks a,"
                 " code_chunks b WHERE a.start_line < b.start_line",
                 "t");
}

static void a_share_is_kept_exactly(void **state)
{
    static const struct {
        uint64_t share;
        const char *expected;
    } cases[] = {{0, "0"}, {30, "60"}, {99, "198"}, {100, "200"}};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        run(&f->database[0], "TRUNCATE repositories CASCADE");
        assert_true(generate(f, 0, 2, 100, cases[i].share, 1, &e));
        assert_value(f, "SELECT count(embedding) FROM code_chunks", cases[i].expected);
    }
}

static char *digest(struct fixture *f, int number)
{
    return value(f, number,
                 "SELECT md5(string_agg(md5(r::text), '' ORDER BY id)) ||"
                 " (SELECT md5(string_agg(md5(c::text), '' ORDER BY id)) FROM code_chunks c)"
                 " FROM repositories r");
}

/* A run on a thread of its own. */
struct job {
    struct fixture *f;
    int number;
    bool good;
};

static void *generate_there(void *context)
{
    struct job *job = context;
    struct generator_size sizes[] = {
        {"repositories", 5}, {"chunks-per-repo", 50}, {"embeddings", 100}};
    struct generator_request request = {
        .recipe_path = suite_recipe, .sizes = sizes, .size_count = 3, .seed = 42};
    struct generator_counts counts;
    struct error e = {0};
    job->good = generator_run(&job->f->database[job->number], &request, &counts, &e);
    generator_counts_release(&counts);
    return NULL;
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    struct job jobs[] = {{f, 0, false}, {f, 1, false}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, generate_there, &jobs[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true(jobs[0].good && jobs[1].good);
    must_generate(f, 2, 5, 50, 43);
    char *first = digest(f, 0), *second = digest(f, 1), *other = digest(f, 2);
    bool same = strcmp(first, second) == 0, differs = strcmp(first, other) != 0;
    free(first);
    free(second);
    free(other);
    assert_true(same);
    assert_true(differs);
    /* and the same on every machine: these bytes were right once and stay */
    assert_value(f, "SELECT id FROM repositories ORDER BY path COLLATE \"C\" LIMIT 1",
                 "0b3ebc79-31ff-4fe5-a15e-8019bbe07e56");
    assert_value(f,
                 "SELECT md5(string_agg(md5(vector_send(embedding)), '' ORDER BY id)) FROM"
                 " code_chunks",
                 "7e070b1ffbb21a38a8da7703e8797a2c");
}

static void the_columns_of_another_table_are_known_by_type(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0],
        "CREATE TABLE kinds (n bigint GENERATED ALWAYS AS IDENTITY, s integer PRIMARY KEY,"
        " i smallint NOT NULL, b boolean NOT NULL, d date, short varchar(5), c text, u text,"
        " left_out text NOT NULL, at timestamptz DEFAULT clock_timestamp(), fixed integer"
        " DEFAULT 7, j json);"
        "CREATE TABLE child (s integer REFERENCES kinds, v vector(3))");
    struct generator_size sizes[] = {{"n", 60}, {"two", 2}};
    struct generator_request request = {
        .sizes = sizes,
        .size_count = 2,
        .recipe_path = recipe_of(
            f,
            "tables:\n"
            "  - table: kinds\n"
            "    rows: n\n"
            "    columns: [{name: s, kind: sequence}, {name: b, kind: boolean},\n"
            "      {name: i, kind: integer, minimum: -3, maximum: 3}, {name: d, kind: timestamp},\n"
            "      {name: short, kind: text}, {name: c, kind: choice, values: [x, y]},\n"
            "      {name: u, kind: uuid}, {name: j, kind: json}]\n"
            "  - table: child\n"
            "    parent: kinds\n"
            "    rows_per_parent: two\n"
            "    columns: [{name: s, kind: parent}, {name: v, kind: unit_vector}]\n")};
    struct error e = {0};
    if (!generator_run(&f->database[0], &request, &f->counts, &e))
        fail_msg("%s", e.message);
    assert_value(f, "SELECT min(s) || ' ' || max(s) || ' ' || count(*) FROM kinds", "1 60 60");
    assert_value(f, "SELECT min(i) || ' ' || max(i) FROM kinds", "-3 3");
    assert_value(f, "SELECT count(DISTINCT b) FROM kinds", "2");
    assert_value(f, "SELECT max(length(short)) FROM kinds", "5");
    assert_value(f, "SELECT string_agg(DISTINCT c, ',') FROM kinds", "x,y");
    assert_value(f, "SELECT count(DISTINCT u::uuid) FROM kinds", "60");
    assert_value(f, "SELECT min(fixed) || ' ' || max(n) FROM kinds", "7 60");
    assert_value(f, "SELECT count(*) FROM kinds WHERE abs(extract(epoch FROM at - now())) < 3600",
                 "0");
    assert_value(f, "SELECT count(DISTINCT s) || ' ' || count(*) FROM child", "60 120");
}

struct watch {
    double last, shortest;
    uint64_t calls, done;
};

static void watch_progress(void *context, const char *table, uint64_t done, uint64_t total)
{
    struct watch *w = context;
    double now = clock_seconds();
    if (strcmp(table, "code_chunks") != 0)
        return;
    if (w->calls && done < total && now - w->last < w->shortest)
        w->shortest = now - w->last;
    w->last = now;
    w->calls++;
    assert_true(done >= w->done && done <= total);
    w->done = done;
}

static void progress_is_told_now_and_then(void **state)
{
    struct fixture *f = *state;
    struct watch w = {.shortest = 1};
    struct generator_size sizes[] = {
        {"repositories", 10}, {"chunks-per-repo", 500}, {"embeddings", 100}};
    struct generator_request request = {.recipe_path = suite_recipe,
                                        .sizes = sizes,
                                        .size_count = 3,
                                        .progress = watch_progress,
                                        .context = &w};
    struct error e = {0};
    assert_true(generator_run(&f->database[0], &request, &f->counts, &e));
    assert_int_equal(w.done, 5000);
    assert_true(w.shortest > 0.09);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_are_as_many_as_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_asked_is_nothing_made, setup, teardown),
        cmocka_unit_test_setup_teardown(every_hostile_piece_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(vectors_have_length_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_share_is_kept_exactly, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_seed_gives_the_same_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(the_columns_of_another_table_are_known_by_type, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(progress_is_told_now_and_then, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
