#include "base/memory.h"

#include "../support/testing.h"

struct pair {
    char *name;
    size_t index;
};

static void append_keeps_what_is_there_and_zeroes_what_is_new(void **state)
{
    (void)state;
    struct pair *pairs = NULL;
    size_t count = 0;
    bool good = true;
    for (size_t i = 0; i < 1000; i++) {
        struct pair *p = memory_append(&pairs, &count, sizeof *p);
        good = good && p == &pairs[i] && !p->name && !p->index && count == i + 1;
        p->index = i + 1;
    }
    for (size_t i = 0; i < count; i++)
        good = good && pairs[i].index == i + 1;
    free(pairs);
    assert_true(good);
}

static void nothing_is_a_valid_size(void **state)
{
    (void)state;
    char *p = memory_zeroed(0, 0);
    assert_non_null(p);
    p = memory_resized(p, 0, 8);
    assert_non_null(p);
    free(p);
    assert_null(memory_copy_of(NULL));
    char *formatted = memory_format("%s-%03d", "a", 7);
    assert_string_equal(formatted, "a-007");
    free(formatted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(append_keeps_what_is_there_and_zeroes_what_is_new),
        cmocka_unit_test(nothing_is_a_valid_size),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL) ? 1 : 0;
}
