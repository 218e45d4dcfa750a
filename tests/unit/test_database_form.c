/* The encoding and the collation of databases, and replacing one of them. */
#include "ground/database_form.h"

#include "../support/testing.h"

static void what_it_holds_may_be_set_again(void **state)
{
    (void)state;
    struct database_form form = {0};
    database_form_set(&form, NULL, "de_DE");
    database_form_set(&form, "LATIN1", form.locale);
    bool kept = strcmp(form.locale, "de_DE") == 0 && strcmp(form.encoding, "LATIN1") == 0;
    database_form_set(&form, form.encoding, NULL);
    kept = kept && !form.locale && strcmp(form.encoding, "LATIN1") == 0;
    database_form_release(&form);
    assert_true(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_it_holds_may_be_set_again)};
    return cmocka_run_group_tests_name("database form", tests, NULL, NULL) ? 1 : 0;
}
