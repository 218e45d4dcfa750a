#include "base/cancel.h"
#include "generator_support.h"

#define TABLE(rows, columns)                                                                       \
    "tables:\n  - table: repositories\n    " rows "\n    columns:\n" columns
#define GOOD                                                                                       \
    "      - {name: id, kind: uuid}\n      - {name: path, kind: path}\n"                           \
    "      - {name: indexed_at, kind: timestamp}\n"
#define CHILD_BY(size, columns)                                                                    \
    "  - table: code_chunks\n    parent: repositories\n    rows_per_parent: " size "\n"            \
    "    columns:\n" columns
#define CHILD(columns) CHILD_BY("n", columns)

/* Each row: a recipe that is wrong and what has to be said of it. */
static const struct {
    const char *yaml, *expected;
} wrong_recipes[] = {
    {"", ": the file is empty"},
    {"tables: [\n", "line 2: not YAML: a value is missing"},
    {"tabels: []\n", "line 1, key tabels: unknown key; did you mean 'tables'?"},
    {"fill_other_tables: {rows: 1}\n",
     "key tables: it is missing; expected a list of {table, rows,"},
    {"tables: 5\n", "line 1, key tables: found a single value; expected a list of {table, rows"},
    {"sizes: [{name: n}]\n" TABLE("rows: n", GOOD), "line 1, key sizes: unknown key"},
    {TABLE("rows: n", GOOD) "fill_other_tables:\n  rows: many\n",
     "line 9, key fill_other_tables.rows: 'many' is not a number; expected a whole number, "
     "0 or more"},
    {TABLE("rows: n", "      - {name: path, bogus: 1}\n"),
     "line 5, key tables.columns.bogus: unknown key; expected one of {name, kind, dimensions"},
    {TABLE("rows: n", "      - {name: path, kind: path, dimensions: x}\n"),
     "line 5, key tables.columns.dimensions: 'x' is not a number; expected a whole number"},
    {TABLE("rows: n", GOOD "      - {name: missing, kind: text}\n"),
     "table repositories, missing: the table has no such column"},
    {"tables:\n  - {table: nowhere, rows: n, columns: [{name: a, kind: text}]}\n",
     "the database has no table \"nowhere\""},
    {TABLE("rows: n", "      - {name: id, kind: wombat}\n"),
     "line 5, key tables.columns.kind: no kind 'wombat'; expected one of uuid, parent, path"},
    {TABLE("rows: n", "      - {name: id, kind: integer}\n"),
     "id: kind integer cannot fill its type uuid; kinds that can: uuid, parent"},
    {TABLE("rows: m", GOOD), "line 3, key tables.rows: no size 'm'; expected one of "
                             "n, two, none, percent, huge"},
    {TABLE("rows: n", GOOD) CHILD_BY("m", "      - {name: repository_id, kind: parent}\n"),
     "key tables.rows_per_parent: no size 'm'; expected one of n, two, none, percent, huge"},
    {TABLE("rows: n", GOOD GOOD), "id: the column is listed twice"},
    {TABLE("rows: n", GOOD) "  - {table: repositories, rows: n, columns: [{name: id, kind: "
                            "uuid}]}\n",
     "the table is listed twice"},
    {TABLE("parent: repositories\n    rows_per_parent: n", GOOD),
     "table \"repositories\" does not come before it"},
    {TABLE("parent: code_chunks\n    rows_per_parent: n", GOOD),
     "line 3, key tables.parent: no table 'code_chunks'; expected one of repositories"},
    {TABLE("rows: n\n    parent: repositories", GOOD), "expected either rows, or parent"},
    {TABLE("rows: n", "      - {name: id, kind: parent}\n"),
     "kind parent, but the table has no parent"},
    {TABLE("rows: n", GOOD) CHILD("      - {name: repository_id, kind: parent}\n"
                                  "      - {name: embedding, kind: unit_vector, dimensions: 5}\n"),
     "embedding: dimensions is 5, but the column has type vector(768)"},
    {TABLE("rows: n", GOOD "      - {name: metadata, kind: json, share: many}\n"),
     "key tables.columns.share: no size 'many'"},
    {TABLE("rows: two", GOOD "      - {name: metadata, kind: json, share: percent}\n"),
     "metadata: share is 101 percent"},
    {TABLE("rows: n", "      - {name: id, kind: uuid, share: n}\n"),
     "id: share is less than 100 percent, but it is NOT NULL"},
    {TABLE("rows: none", GOOD) CHILD("      - {name: repository_id, kind: parent}\n"),
     "table \"repositories\" has 0 rows, so no row can refer to it"},
    {TABLE("rows: huge", GOOD) CHILD("      - {name: repository_id, kind: parent}\n"),
     "too many rows to count"},
    {TABLE("rows: n", GOOD "      - {name: metadata, kind: choice}\n"),
     "kind choice cannot fill its type jsonb"},
    {TABLE("rows: n", "      - {name: path, kind: choice}\n"), "kind choice needs values"},
};

static const struct generator_size some_sizes[] = {
    {"n", 3}, {"two", 2}, {"none", 0}, {"percent", 101}, {"huge", INT64_MAX}};

static void assert_empty(struct fixture *f)
{
    assert_value(f, "SELECT (SELECT count(*) FROM repositories) + count(*) FROM code_chunks", "0");
    assert_int_equal(PQtransactionStatus(f->database[0].pg), PQTRANS_IDLE);
    assert_int_equal(f->counts.count, 0);
}

static void a_wrong_recipe_is_told(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof wrong_recipes / sizeof *wrong_recipes; i++) {
        struct generator_request request = {.recipe_path = recipe_of(f, wrong_recipes[i].yaml),
                                            .sizes = some_sizes,
                                            .size_count = 5};
        struct error e = {0};
        if (generator_run(&f->database[0], &request, &f->counts, &e))
            fail_msg("accepted: %s", wrong_recipes[i].yaml);
        if (e.kind != ERROR_USAGE || !strstr(e.message, wrong_recipes[i].expected) ||
            !strstr(e.message, f->recipe))
            fail_msg("%s\nexpected: %s\nfound: %s", wrong_recipes[i].yaml,
                     wrong_recipes[i].expected, e.message);
        assert_empty(f);
    }
    /* and the sound one, from which they differ, is accepted */
    struct generator_size sizes[] = {{"not used", 5}, {"n", 3}};
    struct generator_request request = {
        .recipe_path = recipe_of(f, TABLE("rows: n", GOOD)), .sizes = sizes, .size_count = 2};
    struct error e = {0};
    if (!generator_run(&f->database[0], &request, &f->counts, &e))
        fail_msg("%s", e.message);
}

static void wrong_sizes_are_told(void **state)
{
    struct fixture *f = *state;
    static const struct {
        struct generator_size sizes[3];
        size_t count;
        const char *expected;
    } cases[] = {
        {{{"wombats", 1}}, 1, "no size 'repositories'; expected one of wombats"},
        {{{"", 0}}, 0, "no size 'repositories'; none are declared"},
        {{{"repositories", 1}, {"chunks-per-repo", 1}},
         2,
         "key tables.columns.share: no size 'embeddings'"},
        {{{"repositories", 1}, {"chunks-per-repo", 1}, {"embeddings", 101}},
         3,
         "share is 101 percent; it is at most 100"},
        {{{"repositories", UINT64_MAX}, {"chunks-per-repo", 1}, {"embeddings", 1}},
         3,
         "too many rows to count"},
        {{{"repositories", 100}, {"chunks-per-repo", UINT64_MAX / 2}, {"embeddings", 1}},
         3,
         "too many rows to count"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct generator_request request = {
            .recipe_path = suite_recipe, .sizes = cases[i].sizes, .size_count = cases[i].count};
        struct error e = {0};
        assert_false(generator_run(&f->database[0], &request, &f->counts, &e));
        assert_int_equal(e.kind, ERROR_USAGE);
        if (!strstr(e.message, cases[i].expected))
            fail_msg("expected: %s, found: %s", cases[i].expected, e.message);
        assert_empty(f);
    }
}

static void a_missing_recipe_is_told(void **state)
{
    struct fixture *f = *state;
    struct generator_request request = {.recipe_path = "no/such/recipe.yaml"};
    struct error e = {0};
    assert_false(generator_run(&f->database[0], &request, &f->counts, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(e.message, "no/such/recipe.yaml: cannot be read: No such file"));
}

static void a_refusal_in_the_middle_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0], "ALTER TABLE code_chunks ADD CHECK (length(content) < 50000)");
    struct error e = {0};
    assert_false(generate(f, 0, 2, 100, 100, 1, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_string_equal(e.sqlstate, "23514");
    assert_non_null(strstr(e.message, "cannot fill table code_chunks: new row for relation"));
    assert_empty(f);
}

static void an_open_transaction_is_refused(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0], "BEGIN");
    struct error e = {0};
    assert_false(generate(f, 0, 2, 2, 100, 1, &e));
    assert_non_null(strstr(e.message, "inside a transaction"));
    run(&f->database[0], "ROLLBACK");
}

/* Something that happens in the middle of the chunks. */
struct mishap {
    struct fixture *f;
    struct cancel cancel;
    bool terminate;
};

static void strike(void *context, const char *table, uint64_t done, uint64_t total)
{
    struct mishap *m = context;
    (void)total;
    if (strcmp(table, "code_chunks") != 0 || done == 0)
        return;
    if (!m->terminate) {
        cancel_raise(&m->cancel);
        return;
    }
    /* this backend alone: other tests have databases of their own on the same server */
    char *kill =
        memory_format("SELECT pg_terminate_backend(%d)", PQbackendPID(m->f->database[0].pg));
    run(&m->f->server, kill);
    free(kill);
}

static void strike_in_the_middle(struct fixture *f, struct mishap *m, struct error *e)
{
    struct generator_size sizes[] = {
        {"repositories", 200}, {"chunks-per-repo", 1000}, {"embeddings", 100}};
    struct generator_request request = {.recipe_path = suite_recipe,
                                        .sizes = sizes,
                                        .size_count = 3,
                                        .progress = strike,
                                        .context = m};
    f->database[0].cancel = m->terminate ? NULL : &m->cancel;
    assert_false(generator_run(&f->database[0], &request, &f->counts, e));
    assert_int_equal(f->counts.count, 0);
    /* the connection is gone, the database is not */
    connection_close(&f->database[0]);
    char *url = url_with_database(getenv("PGREHEARSE_TEST_SERVER"), f->names[0], e);
    struct error reopened = {0};
    bool good = connection_open(&f->database[0], url, NULL, &reopened);
    free(url);
    assert_true(good);
    assert_empty(f);
}

static void a_cancel_interrupts(void **state)
{
    struct fixture *f = *state;
    struct mishap m = {.f = f};
    struct error e = {0};
    assert_true(cancel_init(&m.cancel));
    double start = clock_seconds();
    strike_in_the_middle(f, &m, &e);
    cancel_release(&m.cancel);
    assert_int_equal(e.kind, ERROR_INTERRUPTED);
    assert_true(clock_seconds() - start < 20);
}

static void a_lost_connection_is_told(void **state)
{
    struct fixture *f = *state;
    struct mishap m = {.f = f, .terminate = true};
    struct error e = {0};
    strike_in_the_middle(f, &m, &e);
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    if (!strstr(e.message, "cannot fill table code_chunks: "))
        fail_msg("%s", e.message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_wrong_recipe_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_sizes_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_missing_recipe_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refusal_in_the_middle_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_open_transaction_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cancel_interrupts, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_connection_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
