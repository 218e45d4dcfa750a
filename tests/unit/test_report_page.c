/*
 * The plots of report.html, and the page with them. PGREHEARSE_PAGES=FOLDER also writes the reports
 * of each record into FOLDER/NAME/, for tests/cli/report_browser.t.
 */
#include "report_costs.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/lock_level.h"
#include "reports/plots.h"
#include "reports/report_file.h"

struct fixture {
    struct run_record record;
    struct plot plot;
    struct text page, drawing;
    char folder[32];
    char *script, *path;
};

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/pgr-page.XXXXXX");
    *state = f;
    f->path = memory_copy_of(getenv("PATH"));
    return mkdtemp(f->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char *page = memory_format("%s/report.html", f->folder);
    char *tool = memory_format("%s/gnuplot", f->folder);
    setenv("PATH", f->path, 1);
    unlink(page);
    unlink(tool);
    rmdir(f->folder);
    free(page);
    free(tool);
    free(f->path);
    free(f->script);
    plot_release(&f->plot);
    text_release(&f->page);
    text_release(&f->drawing);
    record_release(&f->record);
    free(f);
    return 0;
}

static const char *write_page(struct fixture *f)
{
    struct error e = {0};
    char *path = memory_format("%s/report.html", f->folder);
    text_clear(&f->page);
    bool good = report_file_write(reporter_find("html"), path, stdout, &f->record, &e) &&
                text_read_file(&f->page, path, 1 << 24);
    free(path);
    assert_string_equal(e.message, "");
    assert_true(good);
    return text_string(&f->page);
}

static size_t count_of(const char *page, const char *what)
{
    size_t count = 0;
    for (const char *at = page; (at = strstr(at, what)); at += strlen(what))
        count++;
    return count;
}

static void every_plot_is_there(void **state)
{
    struct fixture *f = *state;
    costs_record(&f->record);
    const char *page = write_page(f);
    assert_int_equal(count_of(page, "<figure>"), 1 + 2 + 2 + 1);
    assert_int_equal(count_of(page, "role=\"img\""), 6);
    assert_int_equal(count_of(page, "<desc "), 6);
    assert_null(strstr(page, "class=\"no-plots\""));
    assert_non_null(strstr(page, "AccessExclusiveLock on table public.orders for 1.8 s"));
    assert_non_null(strstr(page, "✓ within the limit of 5 min"));
}

static void crowds_are_cut_and_told(void **state)
{
    struct fixture *f = *state;
    crowded_record(&f->record);
    const char *page = write_page(f);
    assert_int_equal(count_of(page, "<figure>"), 1 + 6 + 7 + 1); /* what is steady is not drawn */
    assert_non_null(strstr(page, "The 28 longest of 300 have their own row"));
    assert_non_null(strstr(page, "Of 60 locked objects, 16 are shown, tables first"));
    assert_non_null(strstr(page, ">272 other statements</text>"));
    assert_non_null(strstr(page, "120 of 300; run.json has all."));
    assert_non_null(strstr(page, "120 of 200; run.json has all."));
    assert_non_null(strstr(page, "Only the 6 with the longest stall are drawn."));
    assert_non_null(strstr(page, "✗ over the limit of 2.0 s"));
    assert_true(f->page.length < 1 << 20);
}

/* A word of ours, numbers and settings are all that gnuplot is given. */
static void assert_no_text_of_others(const char *script)
{
    static const char *const parts[] = {"system",  "touch",  "`",   "@", "!", "script",
                                        "GNUTERM", "Symbol", "ran", "'", "&"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *at = strstr(script, parts[i]);
        /* "set xrange", "noextend" and the like are ours */
        while (at && strcmp(parts[i], "ran") == 0 && strncmp(at, "range", 5) == 0)
            at = strstr(at + 1, parts[i]);
        assert_null(at);
    }
    for (const char *s = script; *s; s++)
        assert_true(*s == '\n' || (*s >= ' ' && *s < 127));
}

static void hostile_names_do_not_reach_gnuplot(void **state)
{
    struct fixture *f = *state;
    hostile_record(&f->record);
    const struct cost_record *c = f->record.scenarios[0].cost;
    for (size_t i = 0; i < 2 + c->stall_count + f->record.trend_count; i++) {
        bool made = i == 0   ? plot_timeline(&f->plot, "p", c)
                    : i == 1 ? plot_forecast(&f->plot, "p", f->record.forecast)
                    : i < 2 + c->stall_count
                        ? plot_stall(&f->plot, "p", c, &c->stalls[i - 2])
                        : plot_trend(&f->plot, "p", &f->record.trends[i - 2 - c->stall_count]);
        assert_true(made);
        f->script = plot_script(&f->plot);
        assert_no_text_of_others(f->script);
        free(f->script);
        f->script = NULL;
        plot_release(&f->plot);
    }
    const char *page = write_page(f);
    assert_int_equal(access("gnuplot-ran", F_OK), -1);
    assert_null(strstr(page, "<script"));
    assert_int_equal(count_of(page, "<style"), 1);
    assert_non_null(strstr(page, ">1 &quot;; system(&#39;touch gnuplot-ran&#39;) #</text>"));
    assert_int_equal(count_of(page, "<figure>"), 1 + 6 + 8 + 1);
}

static void odd_figures_are_drawn_or_left_out(void **state)
{
    struct fixture *f = *state;
    odd_record(&f->record);
    const char *page = write_page(f);
    assert_null(strstr(page, "class=\"no-plots\""));
    assert_null(strstr(page, "nan"));
    assert_null(strstr(page, "inf<"));
}

static void assert_page_without_plots(struct fixture *f, const char *why)
{
    const char *page = write_page(f);
    assert_int_equal(count_of(page, "class=\"no-plots\""), 1);
    assert_non_null(strstr(page, why));
    assert_int_equal(count_of(page, "<figure>"), 0);
    assert_int_equal(count_of(page, "<details class=\"figures\">"), 4 + 1 + 1 + 2);
    assert_non_null(strstr(page, "✓ passed"));
}

static void without_gnuplot_the_tables_stay(void **state)
{
    struct fixture *f = *state;
    costs_record(&f->record);
    setenv("PATH", f->folder, 1);
    assert_page_without_plots(f, "gnuplot is not installed: install gnuplot-nox");
}

static void let_gnuplot_be(struct fixture *f, const char *script)
{
    char *path = memory_format("%s/gnuplot", f->folder);
    FILE *out = fopen(path, "we");
    bool good = out && fprintf(out, "#!/bin/sh\n%s\n", script) > 0;
    good = out && fclose(out) == 0 && good && chmod(path, 0755) == 0;
    free(path);
    assert_true(good);
    setenv("PATH", f->folder, 1);
}

static void a_failing_gnuplot_is_told(void **state)
{
    struct fixture *f = *state;
    costs_record(&f->record);
    let_gnuplot_be(f, "echo 'line 3: <b> no such thing' >&2; exit 1");
    assert_page_without_plots(f, "gnuplot exited with status 1: line 3: &lt;b&gt; no such thing");
    let_gnuplot_be(f, "echo '<svg><g><p'");
    assert_page_without_plots(f, "gnuplot produced no readable output");
}

/* Whatever gnuplot may draw, only shapes come through. */
static void only_shapes_come_through(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    costs_record(&f->record);
    assert_true(plot_trend(&f->plot, "p", &f->record.trends[0]));
    let_gnuplot_be(
        f, "printf '%s' '<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><svg "
           "xmlns:xlink=\"http://www.w3.org/1999/xlink\"><script>a()</script><style>b</style>"
           "<g stroke-width=\"1\" onclick=\"c()\"><path d=\"M1,1 L2,2\" style=\"d\" "
           "stroke=\"url(http://e)\"/><path d=\"M1,1&quot;&gt;&lt;f\"/><g "
           "transform=\"translate(1,1)\"><text>w0</text><text>w999</text><text>w1x&x;</text></g>"
           "<image xlink:href=\"http://g\"/><use xlink:href=\"http://h#i\"/></g></svg>'");
    bool good = plot_draw(&f->plot, &f->drawing, &e);
    assert_string_equal(e.message, "");
    assert_true(good);
    const char *drawing = text_string(&f->drawing);
    static const char *const never[] = {"script", "style",    "click", "http://e", "<f",
                                        "image",  "http://h", "root:", "w999",     "entity"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_null(strstr(drawing, never[i]));
    assert_int_equal(count_of(drawing, "<path"), 1);
    assert_int_equal(count_of(drawing, "<text"), 2);
}

static void locks_are_ranked(void **state)
{
    static const struct {
        const char *object;
        int interest;
    } objects[] = {{"table public.orders", 2},
                   {"partitioned table public.orders", 2},
                   {"index public.table_pkey", 1},
                   {"sequence public.s", 1},
                   {"TOAST table pg_toast.pg_toast_16384", 0},
                   {"type orders[]", 0},
                   {"trigger t on table orders", 0},
                   {"default value for column day of table orders", 0},
                   {"object in pg_catalog.pg_attrdef", 0},
                   {NULL, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        struct lock_cost l = {.object = (char *)objects[i].object};
        assert_int_equal(lock_interest(&l), objects[i].interest);
    }
    assert_int_equal(lock_level_of("AccessExclusiveLock"), LOCK_BARS_ALL);
    assert_int_equal(lock_level_of("ExclusiveLock"), LOCK_BARS_WRITE);
    assert_int_equal(lock_level_of("ShareUpdateExclusiveLock"), LOCK_WRITES);
    assert_int_equal(lock_level_of("AccessShareLock"), LOCK_READS);
    assert_int_equal(lock_level_of(NULL), LOCK_READS);
}

static void the_same_bytes_twice(void **state)
{
    struct fixture *f = *state;
    costs_record(&f->record);
    char *first = memory_copy_of(write_page(f));
    bool same = strcmp(first, write_page(f)) == 0;
    free(first);
    assert_true(same);
}

static void pages_for_a_browser(void **state)
{
    struct fixture *f = *state;
    const char *folder = getenv("PGREHEARSE_PAGES");
    for (size_t i = 0; folder && i < COST_CASES + RECORD_CASES; i++) {
        struct error e = {0};
        const struct record_case *c =
            i < COST_CASES ? &cost_cases[i] : &record_cases[i - COST_CASES];
        char *path = memory_format("%s/%s", folder, c->name);
        c->make(&f->record);
        bool good = reports_write(path, &f->record, &e);
        record_release(&f->record);
        free(path);
        assert_string_equal(e.message, "");
        assert_true(good);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_plot_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(crowds_are_cut_and_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_names_do_not_reach_gnuplot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_figures_are_drawn_or_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_gnuplot_the_tables_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failing_gnuplot_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_shapes_come_through, set_up, tear_down),
        cmocka_unit_test(locks_are_ranked),
        cmocka_unit_test_setup_teardown(the_same_bytes_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_for_a_browser, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
