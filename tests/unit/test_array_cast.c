#include "postgres/array_cast.h"

#include "../support/testing.h"

static const struct {
    const char *line, *spread; /* NULL: nothing to spread */
} cases[] = {
    {"c CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character "
     "varying])::text[])))",
     "c CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character "
     "varying)::text])))"},
    {"(ARRAY['it''s, ]'::varchar])::text[]", "ARRAY[('it''s, ]'::varchar)::text]"},
    {"(ARRAY[f('x', 1), (y)::t])::public.\"My [] type\"[] AND (ARRAY[1])::numeric(4,2)[]",
     "ARRAY[(f('x', 1))::public.\"My [] type\", ((y)::t)::public.\"My [] type\"] AND "
     "ARRAY[(1)::numeric(4,2)]"},
    {"ANY (ARRAY[('a'::character varying)::text])", NULL},
    {"(ARRAY[1, 2])", NULL},
    {"(ARRAY[ARRAY[1]])::text[]", NULL},
    {"(ARRAY[1])::text", NULL},
    {"(ARRAY[1])::text[][]", NULL},
    {"(ARRAY['a", NULL},
    {"(ARRAY[1", NULL},
    {"default='(ARRAY[1])::text[]'::text", NULL}, /* words, no expression */
    {"", NULL},
};

static void arrays_are_spread(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *spread = array_cast_spread(cases[i].line);
        bool same = cases[i].spread ? spread && strcmp(spread, cases[i].spread) == 0 : !spread;
        if (!same)
            print_error("%s\n-> %s\n", cases[i].line, spread ? spread : "(nothing)");
        char *again = spread ? array_cast_spread(spread) : NULL;
        bool stays = again == NULL;
        free(again);
        free(spread);
        assert_true(same);
        assert_true(stays);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(arrays_are_spread)};
    return cmocka_run_group_tests_name("array_cast", tests, NULL, NULL) ? 1 : 0;
}
