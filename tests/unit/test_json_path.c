#include "generator/json_path.h"

#include <stdio.h>
#include <string.h>

#include "../support/testing.h"

/* "a.b:boolean c? …": the keys, the type after a colon, a question mark where it is optional. */
static void expect(const char *expression, bool optional, const char *expected)
{
    struct json_paths paths = {0};
    char found[500] = "";
    json_paths_read(&paths, expression, optional);
    for (size_t i = 0; i < paths.count; i++) {
        const struct json_path *p = &paths.items[i];
        for (size_t j = 0; j < p->keys.count; j++)
            snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s",
                     j   ? "."
                     : i ? " "
                         : "",
                     p->keys.names[j]);
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s%s", p->type ? ":" : "",
                 p->type ? p->type : "", p->optional ? "?" : "");
    }
    assert_string_equal(found, expected);
    json_paths_release(&paths);
}

static void test_paths(void **state)
{
    (void)state;
    expect("((value ->> 'id'::text))", false, "id");
    expect("(((value ->> 'deleted'::text))::boolean IS NOT NULL)", false, "deleted:boolean");
    expect("((f((value #>> '{state, current}'::text[])))::app.mood IS NOT NULL)", false,
           "state.current:app.mood");
    expect("((((v -> 'a'::text) -> 'b'::text) ->> 'c'::text))::double precision", true,
           "a.b.c:double precision?");
    expect("((v ->> 'a'::text) = 'x'::text) AND (((v ->> 'b'::text))::integer > 0)", false,
           "a b:integer");
    expect("((v ->> 'a'::text))::integer = ((v ->> 'a'::text))::integer", true, "a:integer?");
    expect("(v ->> 'it''s'::text)", false, "it's");
    expect("(t = ' ->> ''a'''::text)", false, "");
    expect("(v -> 0)", false, "");
    expect("(v ->> 'a", false, "a");
    expect("", false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths)};
    return cmocka_run_group_tests_name("json path", tests, NULL, NULL);
}
