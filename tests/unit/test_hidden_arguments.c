#include "base/hidden_arguments.h"

#include <string.h>

#include "../support/testing.h"

static const struct {
    const char *given, *shown;
} cases[] = {
    {"run", "run"},
    {"postgresql://u@h/d", "postgresql://u@h/d"},
    {"postgresql://h:5432/d", "postgresql://h:5432/d"},
    {"postgresql://u:abc@h:5432/d", "postgresql://u:***@h:5432/d"},
    {"--server=postgres://u:a@c@h/d", "--server=postgres://u:***@h/d"},
    {"postgresql://h/d?user=u&password=abc&port=1", "postgresql://h/d?user=u&password=***&port=1"},
    {"postgresql://h/d?passwor%64=abc", "postgresql://h/d?passwor%64=***"},
    {"postgresql://h/d?a=b&%70%61ssword=abc&c=d", "postgresql://h/d?a=b&%70%61ssword=***&c=d"},
    {"postgresql://h/d?%73slpasswor%64=abc", "postgresql://h/d?%73slpasswor%64=***"},
    {"postgresql://h/d?scram_client_key=abc", "postgresql://h/d?scram_client_key=***"},
    {"postgresql://h/d?passwor%6", "postgresql://h/d?passwor%6"},
    {"postgresql://h/d?passwor%", "postgresql://h/d?passwor%"},
    {"postgresql://h/d?passwor%-9=abc", "postgresql://h/d?passwor%-9=abc"},
    {"host=h password=abc user=u", "host=h password=*** user=u"},
    {"password = 'a b' host=h", "password = '***' host=h"},
    {"password='a\\'b' x", "password='****' x"},
    {"password=", "password="},
    {"host=password", "host=password"},
    {"https://h:1/abc?d", "https://h:1/*****"},
    {"--webhook=http://u:p@h/abc", "--webhook=http://u:*@h/***"},
    {"http://h", "http://h"},
    {"file:///x/y", "file:///x/y"},
};

static void test_passwords_become_stars(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *argument = strdup(cases[i].given);
        const char **copy = hidden_arguments(1, &argument);
        assert_string_equal(argument, cases[i].shown);
        assert_string_equal(copy[0], cases[i].given);
        assert_null(copy[1]);
        free(copy);
        free(argument);
    }
}

static void test_messages_that_quote_arguments(void **state)
{
    static const struct {
        const char *said, *told;
    } messages[] = {
        {"no suite 'x'", "no suite 'x'"},
        {"no suite 'postgresql://u:abc@h/d': none", "no suite 'postgresql://u:***@h/d': none"},
        {"--webhok=https://h/abc: unknown", "--webhok=https://h/**** unknown"},
        {"'host=h password=abc': none", "'host=h password=***** none"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        char *message = strdup(messages[i].said);
        hide_quoted_arguments(message);
        assert_string_equal(message, messages[i].told);
        assert_null(strstr(message, "abc"));
        free(message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_passwords_become_stars),
                                       cmocka_unit_test(test_messages_that_quote_arguments)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed ? 1 : 0;
}
