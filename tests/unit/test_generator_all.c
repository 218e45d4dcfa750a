/* Takes long. */
#include "generator_everything.h"
#include "generator_support.h"

static void fill_all(struct fixture *f, int number, const struct generator_fill *request)
{
    struct error e = {0};
    generator_counts_release(&f->counts);
    if (!generator_fill_all(&f->database[number], request, &f->counts, &e))
        fail_msg("%s", e.message);
    assert_int_equal(PQtransactionStatus(f->database[number].pg), PQTRANS_IDLE);
}

static void create_everything(struct fixture *f, int number)
{
    run(&f->database[number], everything_before);
    for (size_t i = 0; i < EVERYTHING; i++)
        run(&f->database[number], everything[i].sql);
}

/* What is learnt from refusals is refused at first: else there is nothing to learn. */
static void plain_rows_are_refused(struct fixture *f)
{
    for (size_t i = 0; i < EVERYTHING; i++) {
        struct error e = {0};
        if (!everything[i].refused)
            continue;
        assert_false(connection_run(&f->database[0], everything[i].refused, &e));
        if (strcmp(e.sqlstate, everything[i].sqlstate) != 0)
            fail_msg("%s: %s: %s", everything[i].name, e.sqlstate, e.message);
    }
}

static void every_table_is_filled(void **state)
{
    struct fixture *f = *state;
    create_everything(f, 0);
    plain_rows_are_refused(f);
    char *before =
        value(f, 0, "SELECT md5(string_agg(t::text, '' ORDER BY oid)) FROM pg_trigger t");
    fill_all(f, 0, &(struct generator_fill){.seed = 1});
    char *after = value(f, 0, "SELECT md5(string_agg(t::text, '' ORDER BY oid)) FROM pg_trigger t");
    assert_string_equal(before, after);
    free(before);
    free(after);
    for (size_t i = 0; i < EVERYTHING; i++) {
        const struct generator_table *table = entry(f, everything[i].name);
        if (!table || table->rows < 1)
            fail_msg("%s: %s", everything[i].name,
                     table && table->reason ? table->reason : "no row and no reason");
        if (everything[i].holds)
            assert_value(f, everything[i].holds, "t");
    }
}

static void a_type_has_more_than_one_value(void **state)
{
    struct fixture *f = *state;
    create_everything(f, 0);
    fill_all(f, 0, &(struct generator_fill){.seed = 3});
    assert_value(f,
                 "SELECT coalesce(string_agg(relname, ', '), 'none') FROM pg_class WHERE"
                 " relnamespace = 'app'::regnamespace AND relname LIKE 't\\_%' AND relname NOT IN"
                 " ('t_regclass', 't_regproc', 't_regconfig') AND (xpath('//n/text()',"
                 " query_to_xml(format('SELECT count(DISTINCT v::text) AS n FROM app.%I', relname),"
                 " true, true, '')))[1]::text::integer < 2",
                 "none");
    assert_value(
        f,
        "SELECT coalesce(string_agg(relname, ', '), 'none') FROM pg_class WHERE"
        " relnamespace = 'app'::regnamespace AND relname LIKE 't\\_%' AND relname <>"
        " 't_domain_text' AND (xpath('//n/text()',"
        " query_to_xml(format('SELECT count(*) AS n FROM app.%I WHERE n IS NULL', relname),"
        " true, true, '')))[1]::text::integer < 1",
        "none");
}

/* All rows of all tables, as one digest. */
static char *digest(struct fixture *f, int number)
{
    return value(
        f, number,
        "SELECT md5(string_agg(md5(query_to_xml(format('SELECT md5(t::text) FROM %I.%I t"
        " ORDER BY 1', nspname, relname), true, false, '')::text), ''"
        " ORDER BY nspname, relname)) FROM pg_class c JOIN pg_namespace n ON n.oid ="
        " relnamespace WHERE nspname IN ('app', 'Odd Schema', 'public') AND relkind = 'r'");
}

static void the_seed_alone_decides(void **state)
{
    struct fixture *f = *state;
    char *digests[DATABASES];
    for (int i = 0; i < DATABASES; i++) {
        create_everything(f, i);
        if (i == 1)
            run(&f->database[i], "SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'German';"
                                 " SET search_path = app; SET extra_float_digits = -10");
        fill_all(f, i, &(struct generator_fill){.seed = i == 2 ? 8 : 7});
        run(&f->database[i], "RESET ALL");
        digests[i] = digest(f, i);
    }
    bool same = strcmp(digests[0], digests[1]) == 0, other = strcmp(digests[0], digests[2]) != 0;
    for (int i = 0; i < DATABASES; i++)
        free(digests[i]);
    assert_true(same);
    assert_true(other);
}

static void what_is_there_stays(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0], "CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);"
                         "INSERT INTO countries VALUES ('DE', 'Germany'), ('FR', 'France');"
                         "CREATE TABLE one (it boolean PRIMARY KEY CHECK (it));"
                         "INSERT INTO one VALUES (true);"
                         "CREATE TABLE versions (v text NOT NULL);"
                         "CREATE SCHEMA own; CREATE TABLE own.versions (v text NOT NULL);");
    const char *excluded[] = {"alembic_version", "own.versions"};
    fill_all(f, 0, &(struct generator_fill){.seed = 1, .excluded = excluded, .excluded_count = 2});
    assert_int_equal(entry(f, "countries")->before, 2);
    assert_value(f, "SELECT count(*) FROM countries WHERE name IN ('Germany', 'France')", "2");
    assert_int_equal(entry(f, "one")->before, 1);
    assert_int_equal(entry(f, "one")->rows, 0);
    assert_null(entry(f, "alembic_version"));
    assert_null(entry(f, "own.versions"));
    assert_value(f, "SELECT count(*) FROM own.versions", "0");
    assert_value(f, "SELECT count(*) > 0 FROM versions", "t");
}

static void tame_rows_have_no_extremes(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0], "CREATE TABLE things (a text, b integer, c jsonb)");
    fill_all(f, 0, &(struct generator_fill){.seed = 1, .rows = 20, .tame = true});
    assert_value(f,
                 "SELECT count(*) = 20 AND count(a) = 20 AND bool_and(length(a) BETWEEN 1 AND 40)"
                 " AND bool_and(b BETWEEN 0 AND 100000) AND count(c) = 20 FROM things",
                 "t");
}

static void what_cannot_be_filled_has_its_reason(void **state)
{
    static const struct {
        const char *table, *reason;
    } expected[] = {
        {"no_value", "no value was found that satisfies CHECK ((a > 5) AND (a < 3))"},
        {"behind", "column a references public.no_value, which has no suitable row"},
        {"unparted", "none of its partitions can take a row"},
        {"rules", "the server accepted the rows but kept none"},
    };
    struct fixture *f = *state;
    run(&f->database[0],
        "CREATE TABLE no_value (a integer PRIMARY KEY CHECK (a > 5 AND a < 3));"
        "CREATE TABLE behind (a integer NOT NULL REFERENCES no_value);"
        "CREATE TABLE unparted (a integer) PARTITION BY RANGE (a);"
        "CREATE TABLE rules (a integer); CREATE RULE r AS ON INSERT TO rules DO INSTEAD NOTHING");
    fill_all(f, 0, &(struct generator_fill){.seed = 1});
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct generator_table *table = entry(f, expected[i].table);
        assert_non_null(table);
        assert_int_equal(table->rows, 0);
        assert_non_null(table->reason);
        if (!strstr(table->reason, expected[i].reason))
            fail_msg("%s: %s", table->table, table->reason);
    }
}

static void many_rows_are_made_of_few(void **state)
{
    static const char *const expected[] = {
        "SELECT count(*) = 20000 AND count(DISTINCT code) = 20000 FROM orders",
        "SELECT count(DISTINCT customer) = count(*) AND count(*) = 2000 FROM profiles",
        "SELECT count(*) BETWEEN 2000 AND 2010 AND bool_and(email LIKE '%@%') FROM customers",
        "SELECT count(DISTINCT customer) > 1000 FROM orders",
        "SELECT count(*) = 2 FROM flags",
    };
    struct fixture *f = *state;
    run(&f->database[0],
        "CREATE TABLE customers (id uuid PRIMARY KEY, email text NOT NULL UNIQUE CHECK"
        " (email ~ '^[a-z0-9.]+@[a-z.]+$'));"
        "CREATE TABLE orders (id bigserial PRIMARY KEY, customer uuid NOT NULL REFERENCES "
        "customers,"
        " code varchar(12) NOT NULL UNIQUE, total numeric(10,2) CHECK (total >= 0));"
        "CREATE TABLE profiles (customer uuid PRIMARY KEY REFERENCES customers);"
        "CREATE TABLE flags (f boolean PRIMARY KEY)");
    const struct generator_wish wishes[] = {{.table = "orders", .rows = 20000},
                                            {.table = "public.profiles", .rows = 2000},
                                            {.table = "flags", .rows = 7}};
    fill_all(f, 0, &(struct generator_fill){.seed = 1, .wishes = wishes, .wish_count = 3});
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_value(f, expected[i], "t");
    assert_int_equal(entry(f, "orders")->rows, 20000);
    assert_null(entry(f, "orders")->reason);
    assert_int_equal(entry(f, "flags")->wanted, 7);
    assert_string_equal(entry(f, "flags")->reason, "5 rows more would not be unique");
}

static void a_wish_for_no_table_is_refused(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    const struct generator_wish wishes[] = {{.table = "ordrs", .rows = 20000}};
    assert_false(generator_fill_all(&f->database[0],
                                    &(struct generator_fill){.wishes = wishes, .wish_count = 1},
                                    &f->counts, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_string_equal(e.message, "rows for ordrs: the database has no such table");
    assert_int_equal(PQtransactionStatus(f->database[0].pg), PQTRANS_IDLE);
    assert_value(f, "SELECT count(*) FROM repositories", "0");
}

/* An owner who is not a superuser, and forced policies that concern him too. */
static void an_owner_can_fill(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0],
        "CREATE ROLE generator_owner; CREATE SCHEMA owned AUTHORIZATION generator_owner;"
        "SET ROLE generator_owner;"
        "CREATE TABLE owned.a (id integer PRIMARY KEY, b integer NOT NULL);"
        "CREATE TABLE owned.b (id integer PRIMARY KEY, a integer NOT NULL REFERENCES owned.a);"
        "ALTER TABLE owned.a ADD FOREIGN KEY (b) REFERENCES owned.b;"
        "CREATE TABLE owned.guarded (tenant uuid NOT NULL);"
        "ALTER TABLE owned.guarded ENABLE ROW LEVEL SECURITY;"
        "ALTER TABLE owned.guarded FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY p ON owned.guarded USING (tenant = current_setting('x.tenant')::uuid);"
        "CREATE FUNCTION owned.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
        "CREATE TABLE owned.refuses (v text NOT NULL);"
        "CREATE TRIGGER refuse BEFORE INSERT ON owned.refuses FOR EACH ROW EXECUTE FUNCTION"
        " owned.refuse()");
    const char *excluded[] = {"repositories", "code_chunks", "alembic_version"};
    fill_all(f, 0, &(struct generator_fill){.seed = 1, .excluded = excluded, .excluded_count = 3});
    run(&f->database[0], "RESET ROLE");
    char *result = value(f, 0,
                         "SELECT (SELECT count(*) > 3 FROM owned.b) AND (SELECT count(*) > 3 FROM"
                         " owned.guarded) AND (SELECT count(*) > 3 FROM owned.refuses) AND (SELECT"
                         " relforcerowsecurity FROM pg_class WHERE oid = 'owned.guarded'::regclass)"
                         " AND (SELECT bool_and(tgenabled = 'O') FROM pg_trigger)");
    run(&f->database[0], "DROP OWNED BY generator_owner; DROP ROLE generator_owner");
    assert_string_equal(result, "t");
    free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_table_is_filled, setup, teardown),
        cmocka_unit_test_setup_teardown(a_type_has_more_than_one_value, setup, teardown),
        cmocka_unit_test_setup_teardown(the_seed_alone_decides, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_there_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(tame_rows_have_no_extremes, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_filled_has_its_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(many_rows_are_made_of_few, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wish_for_no_table_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(an_owner_can_fill, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
