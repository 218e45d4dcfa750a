/* What a person sees, on a terminal and elsewhere. */
#include "report_costs.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "reports/terminal.h"

enum { COLUMNS = 60, ROWS = 24 };

struct fixture {
    struct run_record record;
    struct listening display;
    FILE *progress, *results;
    char *seen, *read;
    struct text screen, golden;
    int master;
};

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm-256color", 1);
    unsetenv("NO_COLOR");
    f->master = -1;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    listening_end(&f->display);
    if (f->progress)
        fclose(f->progress);
    if (f->results && f->results != f->progress)
        fclose(f->results);
    if (f->master >= 0)
        close(f->master);
    record_release(&f->record);
    text_release(&f->screen);
    text_release(&f->golden);
    free(f->seen);
    free(f->read);
    free(f);
    return 0;
}

static char *contents(FILE *file)
{
    struct text t = {0};
    char buffer[4096];
    size_t got;
    rewind(file);
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_append_bytes(&t, buffer, got);
    return text_detach(&t);
}

static void play_to_files(struct fixture *f)
{
    f->progress = tmpfile();
    f->results = tmpfile();
    listen_to(&f->display, "lines", f->results, f->progress, &f->record);
    play(&f->display.events, &f->record);
    f->seen = contents(f->progress);
    f->read = contents(f->results);
}

/* A terminal that understands what we use of it: \r \n, cursor up, erase, SGR; wraps lines. */
static void emulate(struct text *screen, const char *bytes)
{
    static char cells[200][COLUMNS * 8];
    size_t row = 0, last = 0, column = 0;
    memset(cells, 0, sizeof cells);
    for (const char *s = bytes; *s;) {
        unsigned count = 1;
        int length = 0;
        if (sscanf(s, "\033[%u%n", &count, &length) < 1)
            length = 2;
        if (*s == '\033' && s[length] == 'A')
            row -= count < row ? count : row;
        else if (*s == '\033' && (s[length] == 'K' || s[length] == 'J')) {
            memset(cells[row] + column, 0, sizeof cells[row] - column);
            for (size_t i = row + 1; s[length] == 'J' && i <= last; i++)
                memset(cells[i], 0, sizeof cells[i]);
        } else if (*s == '\r')
            column = 0;
        else if (*s == '\n') {
            row++;
            column = 0;
        } else if (*s != '\033' && column < sizeof cells[row] - 1) {
            cells[row][column++] = *s;
            if (cells[row][column])
                cells[row][column] = ' '; /* of an older line: it ought to be erased next */
        }
        last = row > last ? row : last;
        s += *s == '\033' ? length + 1 : 1;
    }
    for (size_t i = 0; i <= last; i++)
        text_append_format(screen, "%s\n", cells[i]);
}

/* Reads the terminal's other end until it is closed: a terminal holds only some kilobytes. */
static void *read_terminal(void *context)
{
    struct fixture *f = context;
    struct text bytes = {0};
    char buffer[4096];
    ssize_t got;
    while ((got = read(f->master, buffer, sizeof buffer)) > 0)
        text_append_bytes(&bytes, buffer, (size_t)got);
    f->seen = text_detach(&bytes);
    return NULL;
}

/* Plays to a terminal of our own, both streams, and keeps the bytes and the final screen. */
static void play_to_terminal(struct fixture *f)
{
    struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
    pthread_t reader;
    f->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(f->master >= 0 && grantpt(f->master) == 0 && unlockpt(f->master) == 0);
    int terminal = open(ptsname(f->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    FILE *out = fdopen(terminal, "w");
    assert_non_null(out);
    ioctl(f->master, TIOCSWINSZ, &size);
    assert_int_equal(pthread_create(&reader, NULL, read_terminal, f), 0);
    const char *name = terminal_of(out).live ? "terminal" : "lines";
    listen_to(&f->display, name, out, out, &f->record);
    play(&f->display.events, &f->record);
    listening_end(&f->display);
    fclose(out); /* the reader sees the end */
    pthread_join(reader, NULL);
    emulate(&f->screen, f->seen);
}

static void compare_golden(struct fixture *f, const char *name)
{
    struct error e = {0};
    char *path = memory_format(TEST_SOURCE_DIRECTORY "/golden/pretty/%s.txt", name);
    char *found = memory_format("%s=== summary\n%s", f->seen, f->read);
    if (getenv("PGREHEARSE_REWRITE_GOLDEN"))
        whole_file_write(path, found, strlen(found), &e);
    bool known = text_read_file(&f->golden, path, 1 << 20);
    bool same = known && strcmp(text_string(&f->golden), found) == 0;
    free(path);
    free(found);
    assert_true(same);
}

static void plain_lines_as_golden(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i <= RECORD_CASES; i++) {
        const struct record_case *c = i < RECORD_CASES ? &record_cases[i] : &cost_cases[0];
        c->make(&f->record);
        play_to_files(f);
        assert_null(strchr(f->seen, '\033'));
        assert_null(strchr(f->read, '\033'));
        compare_golden(f, c->name);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
        f = *state;
    }
}

static void a_locale_without_utf8_gets_ascii(void **state)
{
    struct fixture *f = *state;
    setenv("LC_ALL", "C", 1);
    findings_record(&f->record);
    play_to_files(f);
    for (const char *s = f->read; *s; s++)
        assert_true((unsigned char)*s < 0x80);
    assert_non_null(strstr(f->read, "+ fresh "));
    assert_non_null(strstr(f->read, "x validation "));
    assert_non_null(strstr(f->read, "         -> drop it in the migration\n"));
}

static void a_terminal_ends_with_nothing_but_the_outcome(void **state)
{
    struct fixture *f = *state;
    passed_record(&f->record);
    play_to_terminal(f);
    assert_non_null(strstr(f->seen, "\033[32m"));
    assert_non_null(strstr(f->seen, "1/2"));
    assert_non_null(strstr(f->seen, "0 of 2 scenarios"));
    /* "copying rows": the escape in it shows as what it is */
    assert_null(strstr(f->seen, "\033[2J"));
    assert_string_equal(text_string(&f->screen),
                        "✓ rollback      1/1 checks  1 min 15 s\n"
                        "✓ fresh         3/3 checks       1.2 s\n"
                        "\n"
                        "Longest: upgrade to 002, in fresh\n"
                        "    upgrade                            800 ms   limit 300 s\n"
                        "    rows rewritten                12,345 rows\n"
                        "\n"
                        "passed: 2 scenarios, 4 checks, 4.1 s\n"
                        "\n");
}

/* Every line drawn in place is cut to the terminal; only lines that stay may be longer. */
static void drawn_lines_fit_the_terminal(void **state)
{
    struct fixture *f = *state;
    nasty_record(&f->record);
    free(f->record.error);
    f->record.error = NULL;
    free(f->record.scenarios[0].steps[0].title);
    f->record.scenarios[0].steps[0].title = long_string();
    play_to_terminal(f);
    size_t drawn = 0;
    for (const char *s = f->seen; (s = strstr(s, "⠋ na/s ty"));) {
        size_t length = strcspn(s, "\r\n");
        char *line = memory_format("%.*s", (int)length, s);
        char *erase = strstr(line, "\033[K");
        if (erase)
            *erase = '\0';
        size_t columns = display_columns(line);
        free(line);
        assert_true(columns < COLUMNS);
        drawn++;
        s += length;
    }
    assert_true(drawn > 1);
}

static void no_color_and_dumb_terminals_hold(void **state)
{
    struct fixture *f = *state;
    setenv("NO_COLOR", "1", 1);
    findings_record(&f->record);
    play_to_terminal(f);
    assert_null(strstr(f->seen, INK_BAD));
    assert_null(strstr(f->seen, INK_GOOD));
    assert_null(strstr(f->seen, "\033[0m"));
    assert_non_null(strstr(f->seen, "\033[K"));
    tear_down(state);
    set_up(state);
    f = *state;
    setenv("TERM", "dumb", 1);
    findings_record(&f->record);
    play_to_terminal(f);
    assert_null(strchr(f->seen, '\033'));
    tear_down(state);
    set_up(state);
    f = *state;
    setenv("NO_COLOR", "", 1); /* empty is as not set */
    findings_record(&f->record);
    play_to_terminal(f);
    assert_non_null(strstr(f->seen, "\033[31m"));
}

static void columns_are_counted_as_shown(void **state)
{
    (void)state;
    struct terminal t = {.utf8 = true};
    struct text out = {0};
    assert_int_equal(display_columns("aé日本🐘e\u0301" INK_BAD "x" INK_END), 10);
    assert_int_equal(terminal_append_line(&t, &out, "日本日本", 6), 5);
    bool same = strcmp(text_string(&out), "日本…") == 0;
    text_clear(&out);
    t.colour = true;
    terminal_append_line(&t, &out, INK_BAD "abcdef" INK_END, 4);
    bool ended = strcmp(text_string(&out), INK_BAD "abc" INK_END "…") == 0;
    text_release(&out);
    assert_true(same);
    assert_true(ended);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(plain_lines_as_golden),
        TEST(a_locale_without_utf8_gets_ascii),
        TEST(a_terminal_ends_with_nothing_but_the_outcome),
        TEST(drawn_lines_fit_the_terminal),
        TEST(no_color_and_dumb_terminals_hold),
        TEST(columns_are_counted_as_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
