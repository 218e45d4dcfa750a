/*
 * Each row of `rows` is a pair of snapshots and an approved delta, and what must be told of them:
 * all sentences, in order, with a line end each; "" where the delta is as approved.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "schema/delta.h"
#include "schema/fact.h"

struct row {
    const char *name, *before, *after, *approved, *delta, *told;
};

static const char core[] = "table public.a\n"
                           "column public.a.id first type=integer\n"
                           "index public.a.i CREATE INDEX i\n"
                           "constraint public.a.fk FOREIGN KEY (x) REFERENCES public.b(id)\n";
static const char doomed[] = "table public.b options=fillfactor=70\n"
                             "column public.b.id first type=integer\n"
                             "owned-sequence public.b.id public.b_id_seq type=integer\n"
                             "comment public.b table 'c'\n"
                             "grant public.b table SELECT to bob\n"
                             "published public.b pub\n"
                             "trigger public.b.t CREATE TRIGGER t\n";

#define CORE   "\1"
#define DOOMED "\2"

static const struct row rows[] = {
    {"nothing differs", CORE, CORE, "", "", ""},
    {"what falls with a dropped table", CORE DOOMED, CORE, "- table public.b\n",
     "- table public.b\n", ""},
    {"a dropped table that nobody approved", CORE DOOMED, CORE, "", "- table public.b\n",
     "lost table public.b\n"},
    {"a table that should have gone", CORE DOOMED, CORE DOOMED, "- table public.b\n", "",
     "still there: table public.b\n"},
    {"the foreign key of a kept table does not fold", CORE DOOMED,
     "table public.a\ncolumn public.a.id first type=integer\nindex public.a.i CREATE INDEX i\n",
     "- table public.b\n",
     "- constraint public.a.fk FOREIGN KEY (x) REFERENCES public.b(id)\n- table public.b\n",
     "lost constraint public.a.fk\n"},
    {"a table whose name begins alike is not folded",
     "table public.b\ntable public.bb\ncolumn public.bb.id first\n", "", "- table public.b\n",
     "- table public.b\n- table public.bb\n", "lost table public.bb\n"},
    {"a dictionary of the same name is not folded",
     "table public.b\ntext-search-dictionary public.b x\ncomment public.b text-search-dictionary "
     "'d'\n",
     "", "- table public.b\n",
     "- comment public.b text-search-dictionary 'd'\n- table public.b\n- text-search-dictionary "
     "public.b x\n",
     "lost text-search-dictionary public.b\n"},
    {"a function takes its comment and its grants with it, and no others",
     "function public.f() x\ncomment public.f() function 'd'\ngrant public.f() function EXECUTE to "
     "bob\ncomment public.g() function 'd'\n",
     "", "",
     "- comment public.f() function 'd'\n- comment public.g() function 'd'\n- function public.f() "
     "x\n- grant public.f() function EXECUTE to bob\n",
     "lost function public.f()\nlost comment public.g() function 'd'\n"},
    {"a folded line may be approved", CORE DOOMED, CORE,
     "- table public.b\n- trigger public.b.t *\n", "- table public.b\n", ""},
    {"a table that changes is not dropped", CORE DOOMED, CORE "table public.b\n", "", NULL,
     "changed table public.b: was \"options=fillfactor=70\", is \"\"\n"
     "lost column public.b.id\nlost owned-sequence public.b.id\nlost trigger public.b.t\n"
     "lost comment public.b table 'c'\nlost grant public.b table SELECT to bob\n"
     "lost published public.b pub\n"},
    {"a lost index", CORE,
     "table public.a\ncolumn public.a.id first type=integer\n"
     "constraint public.a.fk FOREIGN KEY (x) REFERENCES public.b(id)\n",
     "", "- index public.a.i CREATE INDEX i\n", "lost index public.a.i\n"},
    {"a changed column", "column public.a.x first type=text\n",
     "column public.a.x first type=integer\n", "",
     "+ column public.a.x first type=integer\n- column public.a.x first type=text\n",
     "changed column public.a.x: was \"first type=text\", is \"first type=integer\"\n"},
    {"an unexpected column", "", "column public.a.x first type=text\n", "",
     "+ column public.a.x first type=text\n", "unexpected column public.a.x first type=text\n"},
    {"a missing column", "", "", "+ column public.a.x first type=text\n", "",
     "missing column public.a.x first type=text\n"},
    {"an approved column of another type", "", "column public.a.x first type=text\n",
     "+ column public.a.x first type=character varying(50)\n",
     "+ column public.a.x first type=text\n",
     "wrong column public.a.x: expected \"first type=character varying(50)\", is \"first "
     "type=text\"\n"},
    {"an approved change that went too far", "column public.a.x first type=text\n", "",
     "- column public.a.x first type=text\n+ column public.a.x first type=integer\n",
     "- column public.a.x first type=text\n", "missing column public.a.x first type=integer\n"},
    {"an approved change that became a loss", "column public.a.x after=q type=text\n", "",
     "+ column public.a.x first type=integer\n", "- column public.a.x after=q type=text\n",
     "lost column public.a.x\n"},
    {"a wildcard at the end", "", "constraint public.a.c CHECK ((p ~ '^[a-z]'::text))\n",
     "+ constraint public.a.c *\n", NULL, ""},
    {"a wildcard in the middle", "", "column public.a.x after=q type=text not-null default='a'\n",
     "+ column public.a.x after=* type=text not-null default='a'\n", NULL, ""},
    {"a wildcard does not excuse the rest", "", "column public.a.x after=q type=text\n",
     "+ column public.a.x after=* type=text not-null\n", NULL,
     "wrong column public.a.x: expected \"after=* type=text not-null\", is \"after=q "
     "type=text\"\n"},
    {"a wildcard does not excuse another name", "", "constraint public.a.d CHECK (true)\n",
     "+ constraint public.a.c *\n", NULL,
     "unexpected constraint public.a.d CHECK (true)\nmissing constraint public.a.c *\n"},
    {"a star of its own", "", "view public.v definition=SELECT count(*)\n",
     "+ view public.v definition=SELECT count(\\*)\n",
     "+ view public.v definition=SELECT count(\\*)\n", ""},
    {"an escaped star is no wildcard", "", "view public.v definition=SELECT count(1)\n",
     "+ view public.v definition=SELECT count(\\*)\n", NULL,
     "wrong view public.v: expected \"definition=SELECT count(\\*)\", is \"definition=SELECT "
     "count(1)\"\n"},
    {"a backslash before a star", "", "view public.v definition=a\\\\*b\\nc\n",
     "+ view public.v definition=a\\\\\\*b\\nc\n", "+ view public.v definition=a\\\\\\*b\\nc\n",
     ""},
    {"a wildcard stands for one backslash too", "", "view public.v definition=a\\\\b\n",
     "+ view public.v definition=a*b\n", NULL, ""},
    {"grants stand alone", "grant public.a table SELECT to bob\n",
     "grant public.a table INSERT to bob\n", "", NULL,
     "unexpected grant public.a table INSERT to bob\nlost grant public.a table SELECT to bob\n"},
    {"an owner changes", "owner public.a table bob\n", "owner public.a table eve\n", "", NULL,
     "changed owner public.a: was \"table bob\", is \"table eve\"\n"},
    {"a table that nobody asked for stands for its parts", "",
     "table public.n\ncolumn public.n.x first type=text\nindex public.n.i CREATE\n", "", NULL,
     "unexpected table public.n\n"},
    {"a table that did not come stands for its parts", "", "",
     "+ table public.n\n+ column public.n.x first type=text\n", "", "missing table public.n\n"},
    {"an added table is approved with its parts", "",
     "table public.n\ncolumn public.n.x first type=text\n", "+ table public.n\n", NULL,
     "unexpected column public.n.x first type=text\n"},
    {"comments and blank lines", "", "table public.n\n", "# a comment\n\n+ table public.n  \r\n#\n",
     NULL, ""},
    {"function names hold blanks and quotes", "function public.f(character varying, \"a) b\") x\n",
     "function public.f(character varying, \"a) b\") y\n", "", NULL,
     "changed function public.f(character varying, \"a) b\"): was \"x\", is \"y\"\n"},
    {"a table becomes a view", "table public.x\ncolumn public.x.a first\n", "view public.x d\n", "",
     NULL, "unexpected view public.x d\nlost table public.x\n"},
};

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of `text`, CORE and DOOMED filled in. */
static void make(struct snapshot *s, const char *text)
{
    struct text whole = {0};
    *s = (struct snapshot){0};
    for (const char *p = text; *p; p++) {
        if (*p == CORE[0])
            text_append(&whole, core);
        else if (*p == DOOMED[0])
            text_append(&whole, doomed);
        else
            text_append_bytes(&whole, p, 1);
    }
    for (const char *p = text_string(&whole); *p;) {
        size_t length = strcspn(p, "\n");
        char **line = memory_append(&s->lines, &s->count, sizeof *line);
        *line = memory_format("%.*s", (int)length, p);
        p += length + (p[length] == '\n');
    }
    if (s->count)
        qsort(s->lines, s->count, sizeof *s->lines, compare_lines);
    text_release(&whole);
}

static bool read_approved(const char *content, struct approved_delta *a, struct error *e)
{
    char path[] = "/tmp/pgr-delta-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    close(fd);
    bool good = delta_read_approved(path, a, e);
    unlink(path);
    return good;
}

static char *tell(const struct delta *d, const struct approved_delta *a)
{
    struct delta_differences differences;
    struct text text = {0};
    delta_compare(d, a, &differences);
    for (size_t i = 0; i < differences.count; i++)
        text_append_format(&text, "%s\n", differences.items[i].message);
    delta_differences_release(&differences);
    return text_detach(&text);
}

static void test_row(void **state)
{
    const struct row *row = *state;
    struct snapshot before, after;
    struct delta delta;
    struct approved_delta approved;
    struct error e = {0};
    make(&before, row->before);
    make(&after, row->after);
    assert_true(read_approved(row->approved, &approved, &e));
    delta_compute(&before, &after, &delta);
    struct text text = {0};
    delta_render(&delta, &text);
    if (row->delta)
        assert_string_equal(text_string(&text), row->delta);
    char *told = tell(&delta, &approved);
    assert_string_equal(told, row->told);
    free(told);
    approved_delta_release(&approved);

    /* what is rendered approves of just that delta */
    assert_true(read_approved(text_string(&text), &approved, &e));
    assert_int_equal(approved.count, delta_count_shown(&delta));
    told = tell(&delta, &approved);
    assert_string_equal(told, "");
    free(told);
    approved_delta_release(&approved);
    text_release(&text);
    delta_release(&delta);
    snapshot_release(&before);
    snapshot_release(&after);
}

/* A type, a function or a sequence goes unnoticed only if all that used it is dropped. */
static void test_users(void **state)
{
    (void)state;
    static const struct {
        const char *users;
        bool folded;
    } cases[] = {
        {"public.b", true},     {"public.b\npublic.c", true},
        {"public.a", false},    {"public.a\npublic.b", false},
        {"?\npublic.b", false}, {"", false},
        {NULL, false},          {"public", false},
        {"public.bb", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct snapshot before, after;
        struct delta delta;
        make(&before,
             "type public.m enum='x'\ngrant public.m type USAGE to bob\n"
             "comment public.m type 'c'\ntable public.a\ntable public.b\ntable public.c\n");
        make(&after, "table public.a\n");
        before.users = memory_zeroed(before.count, sizeof *before.users);
        for (size_t k = 0; k < before.count; k++)
            if (strncmp(before.lines[k], "type ", 5) == 0)
                before.users[k] = memory_copy_of(cases[i].users);
        delta_compute(&before, &after, &delta);
        assert_int_equal(delta_count_shown(&delta), cases[i].folded ? 2 : 5);
        delta_release(&delta);
        snapshot_release(&before);
        snapshot_release(&after);
    }
}

static void test_bad_files(void **state)
{
    (void)state;
    static const char *const broken[] = {"table public.a\n", "+table public.a\n", "+ table\n",
                                         "+ table public.a\n* x y\n", "- \n"};
    struct approved_delta a;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct error e = {0};
        assert_false(read_approved(broken[i], &a, &e));
        assert_int_equal(e.kind, ERROR_USAGE);
        assert_non_null(strstr(e.message, i == 3 ? "line 2" : "line 1"));
        assert_int_equal(a.count, 0);
    }
    struct error e = {0};
    assert_false(delta_read_approved("/nonexistent/delta", &a, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
}

/* Long definitions are shown from shortly before where they part, and cut between characters. */
static void test_excerpt(void **state)
{
    (void)state;
    struct snapshot before = {0}, after = {0};
    struct text a = {0}, b = {0};
    text_append(&a, "function public.f() ");
    for (int i = 0; i < 1000; i++)
        text_append(&a, "é");
    text_append(&b, text_string(&a));
    text_append(&a, "old");
    text_append(&b, "new");
    char *line_a = text_detach(&a), *line_b = text_detach(&b);
    make(&before, line_a);
    make(&after, line_b);
    struct delta delta;
    delta_compute(&before, &after, &delta);
    char *told = tell(&delta, NULL);
    assert_non_null(strstr(told, "old\", is \"…"));
    assert_true(strlen(told) < 400);
    free(told);
    free(line_a);
    free(line_b);
    delta_release(&delta);
    snapshot_release(&before);
    snapshot_release(&after);
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof *rows };
    static const struct CMUnitTest own[] = {cmocka_unit_test(test_users),
                                            cmocka_unit_test(test_bad_files),
                                            cmocka_unit_test(test_excerpt)};
    enum { OWNS = sizeof own / sizeof *own };
    static struct CMUnitTest tests[ROWS + OWNS];
    for (size_t i = 0; i < ROWS; i++) {
        void *row = (void *)(uintptr_t)&rows[i];
        tests[i] = (struct CMUnitTest){rows[i].name, test_row, NULL, NULL, row};
    }
    for (size_t i = 0; i < OWNS; i++)
        tests[ROWS + i] = own[i];
    return cmocka_run_group_tests_name("delta", tests, NULL, NULL) ? 1 : 0;
}
