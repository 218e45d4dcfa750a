#include "postgres/url.h"

#include "../support/testing.h"

/* The same text, NULL being equal to NULL only. */
static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* struct url, of constants */
struct parts {
    const char *user, *password, *host, *port, *database, *options;
};

static const struct {
    const char *string;
    struct parts expected;
    const char *formatted; /* NULL: as `string` */
} readable[] = {
    {"postgresql://u:p@h:5432/d", {"u", "p", "h", "5432", "d", NULL}, NULL},
    {"postgres://u@h/d", {"u", NULL, "h", NULL, "d", NULL}, "postgresql://u@h/d"},
    {"postgresql:///d", {.database = "d"}, NULL},
    {"postgresql://", {0}, "postgresql:///"},
    {"postgresql://h", {.host = "h"}, "postgresql://h/"},
    {"postgresql://u@/d?host=/var/run/postgresql",
     {.user = "u", .host = "/var/run/postgresql", .database = "d"},
     NULL},
    {"postgresql:///d?host=/tmp/a%20b&port=5433",
     {.host = "/tmp/a b", .port = "5433", .database = "d"},
     NULL},
    {"postgresql://%2Ftmp%2Fs/d",
     {.host = "/tmp/s", .database = "d"},
     "postgresql:///d?host=/tmp/s"},
    {"postgresql://u@[2001:db8::1]:5433/d",
     {.user = "u", .host = "2001:db8::1", .port = "5433", .database = "d"},
     NULL},
    {"postgresql://[fe80::1%25eth0]/d", {.host = "fe80::1%eth0", .database = "d"}, NULL},
    {"postgresql://a,b/d",
     {.host = "a,b", .port = ",", .database = "d"}, /* libpq: the default port, twice */
     "postgresql:///d?host=a,b&port=,"},
    {"postgresql://a:1,b:2/d",
     {.host = "a,b", .port = "1,2", .database = "d"},
     "postgresql:///d?host=a,b&port=1,2"},
    {"postgresql://h/d?sslmode=require&application_name=a%26b%3Dc",
     {.host = "h", .database = "d", .options = "application_name=a%26b%3Dc&sslmode=require"},
     "postgresql://h/d?application_name=a%26b%3Dc&sslmode=require"},
    {"postgresql://h/d?password=p%20w",
     {.password = "p w", .host = "h", .database = "d"},
     "postgresql://:p%20w@h/d"},
    {"postgresql://u%40corp:%25@h/d%2Fe",
     {.user = "u@corp", .password = "%", .host = "h", .database = "d/e"},
     NULL},
    {"host=h dbname=d user=u", {.user = "u", .host = "h", .database = "d"}, "postgresql://u@h/d"},
    {"host=/tmp dbname='a b' password='it\\'s'",
     {.password = "it's", .host = "/tmp", .database = "a b"},
     "postgresql://:it%27s@/a%20b?host=/tmp"},
    {"host='' dbname='' user='' port=5433", {.port = "5433"}, "postgresql://:5433/"},
    {"host='' port=','", {.port = ","}, "postgresql:///?port=,"},
    {"port=1,2 dbname=d sslmode=disable",
     {.port = "1,2", .database = "d", .options = "sslmode=disable"},
     "postgresql:///d?port=1,2&sslmode=disable"},
    {"postgresql:///gr%C3%BC%C3%9F", {.database = "gr\xc3\xbc\xc3\x9f"}, NULL},
};

static bool is(const struct url *u, const struct parts *p)
{
    return same(u->user, p->user) && same(u->password, p->password) && same(u->host, p->host) &&
           same(u->port, p->port) && same(u->database, p->database) && same(u->options, p->options);
}

static bool url_equals(const struct url *a, const struct url *b)
{
    struct parts p = {b->user, b->password, b->host, b->port, b->database, b->options};
    return is(a, &p);
}

static void reads_and_writes_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
        struct url u, again;
        struct error e = {0};
        if (!url_parse(&u, readable[i].string, &e))
            fail_msg("%s: %s", readable[i].string, e.message);
        if (!is(&u, &readable[i].expected))
            fail_msg("%s is taken apart wrongly", readable[i].string);
        char *written = url_format(&u, true);
        const char *expected = readable[i].formatted ? readable[i].formatted : readable[i].string;
        if (strcmp(written, expected) != 0)
            fail_msg("%s is written as %s", readable[i].string, written);
        if (!url_parse(&again, written, &e) || !url_equals(&u, &again))
            fail_msg("%s is not read back as it was written: %s", readable[i].string, written);
        free(written);
        url_release(&u);
        url_release(&again);
    }
}

/* Any byte may stand in any part, and what is written reads back the same. */
static void every_byte_survives(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        char part[] = {'a', (char)byte, 'b', '\0'};
        struct url u = {.user = part, .password = part, .host = (char *)"h", .database = part};
        struct url again;
        struct error e = {0};
        char *written = url_format(&u, true);
        char *shown = url_format(&u, false);
        bool good = url_parse(&again, written, &e) && url_equals(&u, &again);
        struct url without = u;
        without.password = NULL;
        url_release(&again);
        bool hidden = url_parse(&again, shown, &e) && url_equals(&without, &again);
        url_release(&again);
        free(written);
        free(shown);
        if (!good || !hidden)
            fail_msg("byte %d does not survive: %s", byte, e.message);
    }
}

/* SECRET stands in each password, encoded or not: a raw one must be refused rather than misread. */
static const struct {
    const char *string;
    bool readable;
} with_password[] = {
    {"postgresql://u:SECRET@h/d", true},
    {"postgresql://u:%40SECRET%3A%2F%25%27%22%20x@h/d", true},
    {"postgresql://u:'SECRET\"@h/d", true},
    {"postgresql://u:a:SECRET@h/d", true},
    {"postgresql://u:a?SECRET@h/d", true},
    {"postgresql://u:a#SECRET@h/d", true},
    {"postgresql://h/d?password=SECRET", true},
    {"postgresql://h/d?user=u&sslpassword=SECRET", true},
    {"host=h dbname=d password=SECRET", true},
    {"host=h dbname=d password='a SECRET'", true},
    {"host=h dbname=d password='it\\'sSECRET'", true},
    /* not encoded as it should be: the rest would be read as host, port or database */
    {"postgresql://u:a@SECRET@h/d", false},
    {"postgresql://u:SECRET@a@h/d", false},
    {"postgresql://u:a@SECRET:b@h/d", false},
    {"postgresql://u:a@b:SECRET@h:5432/d", false},
    {"postgresql://u:SECRET/a@h/d", false},
    {"postgresql://u:a/SECRET@h/d", false},
    {"postgresql://u:12/SECRET@h/d", false},
    {"postgresql://u:12/SECRET@h:5432/d?sslmode=require", false},
    {"postgresql://u@corp:SECRET@h/d", false},
    {"postgresql://u:a@SECRET/b@h/d", false},
    {"postgresql://u:a%SECRET@h/d", false},
    {"postgresql://u:SECRET%@h/d", false},
    {"postgresql://u:a@[SECRET@h/d", false},
    {"postgresql://u:a/b?SECRET@h/d", false},
    {"host=h password=a SECRET", false},
    {"host=h password='SECRET", false},
    {"postgresq://u:SECRET@h/d", false},
    {"SECRET", false},
    {"", true},
};

static void a_password_is_never_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof with_password / sizeof *with_password; i++) {
        const char *string = with_password[i].string;
        struct url u;
        struct error e = {0};
        bool parsed = url_parse(&u, string, &e);
        url_release(&u);
        char *shown = url_for_display(string);
        bool leaks = strstr(shown, "SECRET") || strstr(e.message, "SECRET");
        free(shown);
        if (leaks)
            fail_msg("%s: the password is shown", string);
        if (parsed != with_password[i].readable)
            fail_msg("%s: %s", string, parsed ? "read, though it cannot mean that" : "refused");
        if (!parsed)
            assert_int_equal(e.kind, ERROR_USAGE);
    }
}

static void another_database(void **state)
{
    (void)state;
    struct error e = {0};
    char *url = url_with_database("postgresql://u:p%40@/a?host=/s&connect_timeout=3", "b/c?", &e);
    assert_string_equal(url, "postgresql://u:p%40@/b%2Fc%3F?host=/s&connect_timeout=3");
    free(url);
    assert_null(url_with_database("nonsense", "b", &e));
    assert_int_equal(e.kind, ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_every_form),
        cmocka_unit_test(every_byte_survives),
        cmocka_unit_test(a_password_is_never_shown),
        cmocka_unit_test(another_database),
    };
    return cmocka_run_group_tests_name("url", tests, NULL, NULL) ? 1 : 0;
}
