/* The one list of what a copy leaves behind or changes on purpose, fact by fact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "production/sources/copied_schema.h"

struct row {
    unsigned without;
    const char *renamed, *line, *shared; /* NULL: left out */
};

static const struct row rows[] = {
    {0, NULL, "table public.t tablespace=fast", "table public.t tablespace=fast"},
    {COPY_TABLESPACES, NULL, "table public.t tablespace=fast options=a",
     "table public.t options=a"},
    {COPY_TABLESPACES, NULL, "table public.t unlogged tablespace=\"fast disk\" options=a",
     "table public.t unlogged options=a"},
    {COPY_TABLESPACES, NULL, "table public.\"a tablespace=b\" tablespace=c",
     "table public.\"a tablespace=b\""},
    {COPY_TABLESPACES, NULL,
     "index public.t.i CREATE INDEX i ON t (a) WHERE a = ' tablespace=x' tablespace=y",
     "index public.t.i CREATE INDEX i ON t (a) WHERE a = ' tablespace=x'"},
    {COPY_TABLESPACES, NULL, "comment public.t table ' tablespace=x'",
     "comment public.t table ' tablespace=x'"},
    {COPY_EXTENSIONS, NULL, "extension vector schema=public version=0.8.0 dumps=public.t",
     "extension vector schema=public"},
    {COPY_EXTENSIONS, NULL, "owner vector extension postgres", NULL},
    {COPY_EXTENSIONS, NULL, "owner vector schema postgres", "owner vector schema postgres"},
    {0, NULL, "owner vector extension postgres", "owner vector extension postgres"},
    {COPY_OWNERS, NULL, "owner public.t table keeper", NULL},
    {COPY_OWNERS, NULL, "grant public.t table SELECT to @owner by keeper", NULL},
    {COPY_OWNERS, NULL, "grant public.t table SELECT to keeper",
     "grant public.t table SELECT to keeper"},
    {COPY_OWNERS, "app", "grant public.t table SELECT to x by app", NULL},
    {COPY_GRANTS, NULL, "revoke public.t table SELECT from keeper", NULL},
    {COPY_MAPPINGS, NULL, "user-mapping far.PUBLIC options=user", NULL},
    {COPY_MAPPING_OPTIONS, NULL, "user-mapping far.PUBLIC options=password, user",
     "user-mapping far.PUBLIC"},
    {COPY_MAPPING_OPTIONS, NULL, "user-mapping far.\"a options=b\"",
     "user-mapping far.\"a options=b\""},
    {0, "app", "grant app schema USAGE to app with-grant-option by app",
     "grant app schema USAGE to @owner with-grant-option by @owner"},
    {0, "app", "grant public.t table SELECT to application",
     "grant public.t table SELECT to application"},
    {0, "\"An App\"", "revoke public.t table SELECT from \"An App\"",
     "revoke public.t table SELECT from @owner"},
    {0, "app", "default-grant app in app on tables SELECT to app",
     "default-grant @owner in app on tables SELECT to @owner"},
    {0, "app", "owner public.t table app", "owner public.t table app"},
};

static void shares_what_both_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *line = memory_copy_of(rows[i].line);
        const struct snapshot s = {.lines = &line, .count = 1};
        struct snapshot shared;
        copied_schema(&s, rows[i].without, rows[i].renamed, &shared);
        assert_int_equal(shared.count, rows[i].shared ? 1 : 0);
        if (shared.count)
            assert_string_equal(shared.lines[0], rows[i].shared);
        snapshot_release(&shared);
        free(line);
    }
}

static void keeps_order_and_users(void **state)
{
    (void)state;
    char *lines[] = {(char *)"grant s schema USAGE to app", (char *)"grant s schema USAGE to b",
                     (char *)"type public.m"};
    char *users[] = {NULL, NULL, (char *)"public.t"};
    const struct snapshot s = {lines, 3, users};
    struct snapshot shared;
    copied_schema(&s, 0, "b", &shared);
    assert_string_equal(shared.lines[0], "grant s schema USAGE to @owner");
    assert_string_equal(shared.lines[1], "grant s schema USAGE to app");
    assert_string_equal(shared.users[2], "public.t");
    snapshot_release(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares_what_both_have),
                                       cmocka_unit_test(keeps_order_and_users)};
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
