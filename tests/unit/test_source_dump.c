/* Takes long. */
/* A dump as a source: every format, what is no dump, roles, and what a dump must not do. */
#include "source_support.h"

#include "base/process.h"
#include "base/text.h"

/* In the fixture's folder, with $URL the source's; fails the test if it fails. */
static void shell(struct fixture *f, const char *command)
{
    struct error e = {0};
    char *url = memory_format("URL=%s", f->db.url);
    const char *const environment[] = {url, NULL};
    char *whole = memory_format("set -e; %s", command);
    struct process_request request = {.command = whole,
                                      .sees = SEES_ALL,
                                      .directory = f->folder,
                                      .environment = environment,
                                      .time_limit = 60};
    struct process_result result = {0};
    bool good = process_run(&request, &result, &e) && process_succeeded(&result);
    if (!good)
        print_error("%s %s\n", e.message, text_string(&result.log));
    process_result_release(&result);
    free(whole);
    free(url);
    assert_true(good);
}

/* The source is what `command` writes to the file or folder "dump". */
static void make_dump(struct fixture *f, const char *command)
{
    shell(f, command);
    free(f->path);
    f->path = memory_format("%s/dump", f->folder);
    f->request = (struct source_request){.dump = f->path, .jobs = 2};
}

static void test_formats(void **state)
{
    struct fixture *f = *state;
    static const char *const commands[] = {
        "pg_dump -Fc -f dump \"$URL\"",
        "rm dump; pg_dump -Fd -j2 -f dump \"$URL\"",
        "rm -r dump; pg_dump -Ft -f dump \"$URL\"",
        "pg_dump -f dump \"$URL\"",
        "pg_dump --inserts \"$URL\" | gzip >dump",
        /* as pg_dump 17 writes it for servers of every version */
        "pg_dump --inserts \"$URL\" | sed '1,20s/^SET lock_timeout = 0;/&\\n"
        "SET transaction_timeout = 0;/' >dump",
        "pg_dump \"$URL\" | zstd -q >dump",
        "pg_dump \"$URL\" | xz >dump",
        "pg_dump \"$URL\" | bzip2 >dump",
        "pg_dump \"$URL\" | lz4 -q >dump",
    };
    /* blobs of another number of a sequence that no copy has to keep */
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        print_message("# %s\n", commands[i]);
        make_dump(f, commands[i]);
        copy_well(f);
        assert_same(&f->db.connection, &f->copy.connection);
        assert_true(f->source.facts.is_dump);
        assert_int_equal(table_fact(f, "public.account")->rows, 300);
        assert_int_equal(strlen(table_fact(f, "public.account")->digest), 32);
        assert_non_null(f->source.facts.server_version);
        copy_again(f);
    }
}

static void test_no_dump(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *command, *words;
    } rows[] = {
        {":>dump", "is empty"},
        {"rm dump", "No such file"},
        {"mkdir dump", "no toc.dat"},
        {"rmdir dump; echo hello >dump", "is not a dump"},
        {"head -c 100000 /dev/urandom >dump", "is not a dump"},
        {"printf -- '--\\n-- PostgreSQL database cluster dump\\n--\\n' >dump", "pg_dumpall"},
        {"pg_dump \"$URL\" | head -n -9 >dump", "is truncated"},
        {"pg_dump \"$URL\" | gzip | head -c 2000 >dump", "unexpected end of file"},
        {"pg_dump \"$URL\" | zstd -q | head -c 2000 >dump", "cannot be read"},
        {"pg_dump \"$URL\" | xz | head -c 2000 >dump", "cannot be read"},
        {"pg_dump -Fc \"$URL\" | gzip >dump", "is not a dump"},
        {"pg_dump -Fc \"$URL\" | head -c 3000 >dump", "cannot be read"},
        {"pg_dump --create \"$URL\" >dump", "--create"},
        {"pg_dump -Ft -f whole \"$URL\"; head -c $(($(stat -c %s whole) * 52 / 100)) whole >dump",
         "is cut short"},
        {"head -c $(($(stat -c %s whole) * 62 / 100)) whole >dump", "is cut short"},
        {"head -c $(($(stat -c %s whole) * 97 / 100)) whole >dump", "is cut short"},
        {"head -c -513 whole >dump", "is cut short"},
        {"printf x | dd of=whole bs=1 seek=700 conv=notrunc 2>/dev/null; dd if=/dev/zero of=whole "
         "bs=1 seek=0 count=100 conv=notrunc 2>/dev/null; cp whole dump",
         "is cut short"},
        {"rm dump; pg_dump -Fd -Z0 -f dump \"$URL\"; set -- $(ls -S dump/[0-9]*.dat); truncate -s "
         "-5 $1",
         "is cut short"},
        {"rm -r dump; pg_dump -Fc -f dump \"$URL\"; printf '\\177' | dd of=dump bs=1 seek=6 "
         "conv=notrunc",
         "a newer pg_dump wrote it: install the package postgresql-client"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = {0};
        print_message("# %s\n", rows[i].command);
        make_dump(f, rows[i].command);
        assert_false(source_open(&f->source, &f->request, NULL, &e));
        assert_int_equal(e.kind, ERROR_UNAVAILABLE);
        assert_error(&e, rows[i].words);
        assert_null(strchr(e.message, '\n'));
    }
    /* whole by its head, but its rows are not there */
    struct error e = {0};
    make_dump(f, "pg_dump -Fc -f whole \"$URL\"; head -c -700 whole >dump");
    assert_false(copy_it(f, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
}

static void test_lacks(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    make_dump(f, "pg_dump \"$URL\" | sed 's/^CREATE EXTENSION.*/CREATE EXTENSION IF NOT EXISTS "
                 "nonesuch WITH SCHEMA public;/' >dump");
    assert_false(copy_it(f, &e));
    assert_error(&e, "the source has the extension nonesuch, which the embedded server lacks");
    copy_again(f);
    error_clear(&e);
    make_dump(f,
              "pg_dump \"$URL\" | sed 's/^\\(-- Dumped from database version\\) [1-9][.0-9]*/\\1 "
              "99.1/' >dump");
    assert_false(copy_it(f, &e));
    assert_error(&e, "the source runs PostgreSQL 99");
    copy_again(f);
    error_clear(&e);
    make_dump(f, "mkdir -p bin; ln -sf /bin/sh bin/sh; pg_dump \"$URL\" | zstd -q >dump");
    char *path = memory_copy_of(getenv("PATH")), *bare = memory_format("%s/bin", f->folder);
    setenv("PATH", bare, 1);
    bool opened = source_open(&f->source, &f->request, NULL, &e);
    setenv("PATH", path, 1);
    free(path);
    free(bare);
    assert_false(opened);
    assert_error(&e, "install the package zstd");
}

/* Neither in front of the dump, nor within it, nor behind a dump's own \unrestrict. */
static void test_runs_no_program(void **state)
{
    struct fixture *f = *state;
    static const char *const commands[] = {
        "pg_dump \"$URL\" | sed 's/^SET statement_timeout = 0;/\\\\! touch ran/' >dump",
        "pg_dump \"$URL\" | sed 's/^CREATE SCHEMA .*/SELECT 1 \\\\g |touch ran/' >dump",
        "pg_dump \"$URL\" | sed 's/^CREATE SCHEMA .*/SELECT 1; \\\\o |touch ran/' >dump",
        "pg_dump \"$URL\" | sed 's/^\\(.unrestrict .*\\)/\\1\\n\\\\! touch ran/' >dump",
        "pg_dump \"$URL\" | sed 's/^\\(.unrestrict .*\\)/\\1 \\\\! touch ran/' >dump",
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct error e = {0};
        char *ran = memory_format("%s/ran", f->folder), *moved = getcwd(NULL, 0);
        make_dump(f, commands[i]);
        print_message("# %s\n", commands[i]);
        assert_int_equal(chdir(f->folder), 0);
        bool good = copy_it(f, &e);
        bool did = access(ran, F_OK) == 0;
        assert_int_equal(chdir(moved), 0);
        free(moved);
        free(ran);
        assert_false(good);
        assert_false(did);
        assert_error(&e, "restrict");
        copy_again(f);
    }
}

static const char role_schema[] =
    "CREATE ROLE \"zed app\"; CREATE ROLE pgr_writer; CREATE ROLE pgr_reader LOGIN NOINHERIT;"
    "GRANT pgr_writer TO pgr_reader; GRANT pg_monitor TO pgr_writer;"
    "CREATE SCHEMA app AUTHORIZATION \"zed app\"; SET ROLE \"zed app\";"
    "CREATE TABLE app.owned (id serial PRIMARY KEY); GRANT SELECT ON app.owned TO pgr_reader;"
    "GRANT INSERT (id) ON app.owned TO pgr_reader WITH GRANT OPTION;"
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    "REVOKE EXECUTE ON FUNCTION app.f() FROM PUBLIC;"
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pgr_reader;"
    "CREATE POLICY own ON app.owned TO pgr_reader, \"zed app\" USING (true); RESET ROLE";
static const char role_drop[] = "DROP OWNED BY \"zed app\" CASCADE; DROP OWNED BY pgr_reader;"
                                "DROP ROLE \"zed app\", pgr_reader, pgr_writer";

static void start_other(struct fixture *f)
{
    struct error e = {0};
    char *bin = server_programs_find(NULL, 0, &e);
    struct connection c = {0};
    bool good = bin && run_folder_create(&f->run, 100u << 20, &e) &&
                embedded_start(&f->other, bin, &f->run, false, NULL, &e) &&
                connection_open(&c, f->other.url, NULL, &e) &&
                connection_run(&c, "CREATE DATABASE copy OWNER postgres", &e) &&
                connection_run(&c, "ALTER ROLE postgres SUPERUSER", &e);
    connection_close(&c);
    free(bin);
    if (!good)
        fail_msg("%s", e.message);
    f->server.url = f->other.url;
    f->server.migrator_url = f->other.role_url;
}

static bool copy_to_other(struct fixture *f, struct error *e)
{
    return source_open(&f->source, &f->request, NULL, e) &&
           source_copy(&f->source, &f->server, "copy", f->folder, NULL, NULL, &f->notes, e);
}

static void compare_with_other(struct fixture *f, const char *sql, const char *expected)
{
    struct error e = {0};
    struct connection c = {0};
    char *url = url_with_database(f->other.url, "copy", &e);
    bool good = connection_open(&c, url, NULL, &e);
    free(url);
    char *found = good ? connection_value(&c, sql, 0, NULL, &e) : NULL;
    connection_close(&c);
    if (!found)
        fail_msg("%s", e.message);
    assert_string_equal(found, expected);
    free(found);
}

static const char roles_query[] =
    "SELECT string_agg(concat_ws(' ', rolname, rolcanlogin, rolinherit, ARRAY(SELECT "
    "roleid::regrole "
    "FROM pg_auth_members WHERE member = r.oid)), ', ' ORDER BY rolname) FROM pg_roles r "
    "WHERE rolname ~ '^pgr_[rw]|^zed app'";

/* On a cluster that has none of them, with and without their database's owner among them. */
static void test_roles(void **state)
{
    struct fixture *f = *state;
    for (int owner = 0; owner < 2; owner++) {
        struct error e = {0};
        test_database_run(&f->db, role_schema);
        char *give = memory_format("ALTER DATABASE %s OWNER TO \"zed app\"", f->db.name);
        if (owner)
            test_database_run(&f->db,
                              "DROP SCHEMA \"Sales, \"\"EU\"\"\" CASCADE; DROP EVENT TRIGGER quiet;"
                              "DROP MATERIALIZED VIEW summed; DROP VIEW rich;"
                              "DROP TABLE account, scratch, \"logs of all\", parts, derived, base;"
                              "DROP FUNCTION noop(), odd(); DROP TYPE mood;"
                              "DROP SEQUENCE counted, untouched, backwards;"
                              "SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
        if (owner)
            test_database_run(&f->db, give);
        free(give);
        start_other(f);
        bool good = copy_to_other(f, &e);
        char *back = memory_format("ALTER DATABASE %s OWNER TO postgres", f->db.name);
        test_database_run(&f->db, back);
        free(back);
        test_database_run(&f->db, role_drop);
        if (!good)
            fail_msg("%s", e.message);
        compare_with_other(f, roles_query,
                           "pgr_reader f f {pgr_writer}, pgr_writer f t {pg_monitor}, "
                           "zed app f t {}");
        compare_with_other(f,
                           "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'owned'",
                           owner ? "postgres" : "\"zed app\"");
        compare_with_other(f, "SELECT has_table_privilege('pgr_reader', 'app.owned', 'SELECT')",
                           "t");
        assert_string_equal(f->notes, "");
        assert_null(f->source.facts.acting_role);
        source_release(&f->source);
        free(f->notes);
        f->notes = NULL;
        embedded_stop(&f->other, false);
        embedded_release(&f->other);
        run_folder_remove(&f->run, &(struct error){0});
    }
}

/* A dump knows its roles by name alone; a plain one in the same way. */
static void test_roles_of_dump(void **state)
{
    struct fixture *f = *state;
    static const char *const commands[] = {"pg_dump -Fc -f dump \"$URL\"",
                                           "pg_dump -f dump \"$URL\""};
    for (size_t i = 0; i < 2; i++) {
        struct error e = {0};
        test_database_run(&f->db, role_schema);
        test_database_run(&f->db, "ALTER TABLE \"logs of all\" OWNER TO \"zed app\"");
        make_dump(f, commands[i]);
        test_database_run(&f->db, "ALTER TABLE \"logs of all\" OWNER TO postgres");
        test_database_run(&f->db, role_drop);
        start_other(f);
        f->request.trust_dump = true; /* it has an event trigger */
        if (!copy_to_other(f, &e))
            fail_msg("%s", e.message);
        compare_with_other(f,
                           "SELECT string_agg(rolname || rolcanlogin, ',' ORDER BY rolname) FROM "
                           "pg_roles WHERE rolname ~ '^pgr_[rw]|^zed app'",
                           "pgr_readerfalse,zed appfalse");
        compare_with_other(f,
                           "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'owned'",
                           "\"zed app\"");
        source_release(&f->source);
        free(f->notes);
        f->notes = NULL;
        embedded_stop(&f->other, false);
        embedded_release(&f->other);
        run_folder_remove(&f->run, &(struct error){0});
        f->server.url = f->server.migrator_url = f->db.url;
    }
}

/* Nothing that outlives the copy is made on a server that somebody gave. */
static void test_given_server(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    test_database_run(&f->db, role_schema);
    make_dump(f, "pg_dump -f dump \"$URL\"; pg_dump -Fc -f custom \"$URL\"");
    test_database_run(&f->db, "DROP POLICY own ON app.owned");
    shell(f, "pg_dump -Fc -f custom \"$URL\"");
    test_database_run(&f->db, role_drop);
    f->server.is_embedded = false;
    f->server.display = (char *)"that server";
    assert_false(copy_it(f, &e));
    assert_error(&e, "a dump can run programs on that server with the rights of role postgres");
    copy_again(f);
    error_clear(&e);
    f->request.trust_dump = true;
    assert_false(copy_it(f, &e));
    assert_error(&e, "names roles that that server lacks (");
    copy_again(f);
    free(f->path);
    f->path = memory_format("%s/custom", f->folder);
    f->request.dump = f->path;
    copy_well(f);
    assert_non_null(strstr(f->notes, "owners and grants stay behind: that server lacks the roles"));
    char *roles = connection_value(
        &f->db.connection, "SELECT count(*) FROM pg_roles WHERE rolname ~ '^pgr_[rw]|^zed app'", 0,
        NULL, &e);
    assert_string_equal(roles, "0");
    free(roles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_formats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_dump, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lacks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_runs_no_program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_roles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_roles_of_dump, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_given_server, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
