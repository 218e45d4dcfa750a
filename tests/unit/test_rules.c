/* Takes long. */
/*
 * Every rule against its cases in tests/cases/RULE/: a broken one, which the rule sees and names,
 * and no other finding is raised on; and a sound twin, on which no rule raises a finding and this
 * one is silent. A folder CASE holds upgrade.sql and may hold baseline.sql, data.sql and
 * downgrade.sql, which else are those of RULE; `expect` is a regular expression for what the rule
 * says of the broken one. The file `alone` in it says that the rule is needed: switched off, the
 * case would pass.
 */
#include "rules/rule.h"

#include <dirent.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "../support/testing.h"
#include "base/text.h"
#include "rules/look.h"
#include "server.h"

#define CASES TEST_SOURCE_DIRECTORY "/cases"

struct bench {
    struct connection server, before, after;
    char *names[2], *urls[2];
};

static void must(bool good, const char *what, const struct error *e)
{
    if (!good)
        fail_msg("%s: %s", what, e->message);
}

static bool read_file(const char *folder, const char *name, struct text *t)
{
    char *path = memory_format("%s/%s", folder, name),
         *shared = memory_format("%s/../%s", folder, name);
    bool good = text_read_file(t, path, 1u << 20) || text_read_file(t, shared, 1u << 20);
    free(shared);
    free(path);
    return good;
}

/* Runs the file, if there is one, as psql would without -1, statement after statement. */
static void run_file(struct connection *c, const char *folder, const char *name)
{
    struct text sql = {0};
    struct error e = {0};
    bool there = read_file(folder, name, &sql);
    bool apart = there && strstr(text_string(&sql), "CONCURRENTLY");
    for (char *p = sql.data, *next; there && apart && p; p = next) {
        next = strstr(p, ";\n");
        if (next) {
            *next = '\0';
            next += 2;
        }
        must(connection_run(c, p, &e), folder, &e);
    }
    if (there && !apart)
        must(connection_run(c, text_string(&sql), &e), folder, &e);
    text_release(&sql);
}

static int bench_open(void **state)
{
    struct bench *b = memory_zeroed(1, sizeof *b);
    struct error e = {0};
    *state = b;
    const char *url = getenv("PGREHEARSE_TEST_SERVER");
    if (!url || !connection_open(&b->server, url, NULL, &e))
        return -1;
    for (int i = 0; i < 2; i++) {
        b->names[i] = memory_format("rules_%s_%ld", i ? "after" : "before", (long)getpid());
        b->urls[i] = url_with_database(url, b->names[i], &e);
    }
    return 0;
}

static void drop(struct bench *b)
{
    struct error e = {0};
    connection_close(&b->before);
    connection_close(&b->after);
    for (int i = 0; i < 2; i++) {
        char *sql = memory_format("DROP DATABASE IF EXISTS %s WITH (FORCE)", b->names[i]);
        must(connection_run(&b->server, sql, &e), "drop", &e);
        free(sql);
    }
}

static int bench_close(void **state)
{
    struct bench *b = *state;
    drop(b);
    connection_close(&b->server);
    for (int i = 0; i < 2; i++) {
        free(b->names[i]);
        free(b->urls[i]);
    }
    free(b);
    return 0;
}

static void prepare(struct bench *b, const char *folder)
{
    struct error e = {0};
    drop(b);
    char *make = memory_format("CREATE DATABASE %s", b->names[0]);
    char *clone = memory_format("CREATE DATABASE %s TEMPLATE %s", b->names[1], b->names[0]);
    must(connection_run(&b->server, make, &e), folder, &e);
    must(connection_open_as_it_is(&b->before, b->urls[0], NULL, &e), folder, &e);
    run_file(&b->before, folder, "baseline.sql");
    run_file(&b->before, folder, "data.sql");
    connection_close(&b->before);
    must(connection_run(&b->server, clone, &e), folder, &e);
    must(connection_open_as_it_is(&b->after, b->urls[1], NULL, &e), folder, &e);
    run_file(&b->after, folder, "upgrade.sql");
    connection_close(&b->after);
    must(connection_open(&b->before, b->urls[0], NULL, &e), folder, &e);
    must(connection_open(&b->after, b->urls[1], NULL, &e), folder, &e);
    free(clone);
    free(make);
}

/* What the rule says, a line each; "" for nothing. */
static char *ask(struct bench *b, const struct rule *rule, struct rule_ground *ground)
{
    struct rule_look look = {.ground = ground};
    struct error e = {0};
    struct text all = {0};
    (void)b;
    must(rule_run(rule, &look, &e), rule->name, &e);
    for (size_t i = 0; i < look.count; i++)
        text_append_format(&all, "%s %s [%s]\n", look.sightings[i].object,
                           look.sightings[i].evidence,
                           look.sightings[i].remedy ? look.sightings[i].remedy : "");
    if (look.not_run)
        text_append_format(&all, "not run: %s\n", look.not_run);
    rule_look_release(&look);
    return text_detach(&all);
}

static bool says(const char *text, const char *pattern)
{
    regex_t r;
    if (regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        fail_msg("not a regular expression: %s", pattern);
    bool found = regexec(&r, text, 0, NULL, 0) == 0;
    regfree(&r);
    return found;
}

/* Production's shape, where the case or its rule has one. */
static struct shape *load_shape(const char *folder)
{
    struct error e = {0};
    struct shape *shape = NULL;
    char *own = memory_format("%s/shape.json", folder);
    char *shared = memory_format("%s/../shape.json", folder);
    if (access(own, F_OK) == 0 || access(shared, F_OK) == 0)
        must((shape = shape_load(access(own, F_OK) == 0 ? own : shared, &e)) != NULL, folder, &e);
    free(shared);
    free(own);
    return shape;
}

static bool applies(const struct rule *rule, const struct rule_ground *g)
{
    return !rule->needs_run && (!rule->needs_shape || g->shape) &&
           (rule->moment == RULE_UPGRADED || g->back);
}

static void judge(struct bench *b, const char *name, const char *folder, bool broken,
                  struct text *complaints)
{
    struct shape *shape = load_shape(folder);
    struct rule_ground ground = {.before = &b->before, .after = &b->after, .shape = shape};
    const struct rule *own = rule_find(&rule_table, name);
    if (!own)
        fail_msg("%s: no rule of that name", name);
    if (own->moment == RULE_ROLLED_BACK) {
        run_file(&b->after, folder, "downgrade.sql");
        ground.back = &b->after;
    }
    struct text pattern = {0};
    read_file(folder, "expect", &pattern);
    while (pattern.length && pattern.data[pattern.length - 1] == '\n')
        pattern.data[--pattern.length] = '\0';
    char *alone = memory_format("%s/alone", folder);
    bool is_alone = access(alone, F_OK) == 0;
    for (size_t i = 0; i < rule_table.count; i++) {
        const struct rule *rule = rule_table.items[i];
        if (!applies(rule, &ground) || (own->moment == RULE_ROLLED_BACK && rule != own))
            continue;
        char *said = ask(b, rule, &ground);
        bool is_own = rule == own;
        if (is_own && broken && (!*said || !says(said, text_string(&pattern))))
            text_append_format(complaints, "%s: expected %s, said: %s\n", folder,
                               text_string(&pattern), said);
        if (*said && strncmp(said, "not run", 7) != 0 &&
            ((!broken && (is_own || rule->level == LEVEL_FINDING)) ||
             (broken && !is_own && is_alone && rule->level == LEVEL_FINDING)))
            text_append_format(complaints, "%s: %s is not silent: %s\n", folder, rule->name, said);
        free(said);
    }
    rule_ground_release(&ground);
    shape_free(shape);
    free(alone);
    text_release(&pattern);
}

static void each_case(struct bench *b, const char *rule, unsigned *broken, unsigned *sound,
                      struct text *complaints)
{
    char *folder = memory_format(CASES "/%s", rule);
    DIR *d = opendir(folder);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        bool is_broken = strncmp(entry->d_name, "broken", 6) == 0;
        if (!is_broken && strncmp(entry->d_name, "sound", 5) != 0)
            continue;
        char *one = memory_format("%s/%s", folder, entry->d_name);
        const char *only = getenv("ONLY");
        if (!only || strstr(one, only)) {
            prepare(b, one);
            judge(b, rule, one, is_broken, complaints);
        }
        *(is_broken ? broken : sound) += 1;
        free(one);
    }
    if (d)
        closedir(d);
    free(folder);
}

static void each_rule_sees_its_cases(void **state)
{
    struct text complaints = {0};
    for (size_t i = 0; i < rule_table.count; i++) {
        unsigned broken = 0, sound = 0;
        if (rule_table.items[i]->needs_run)
            continue;
        each_case(*state, rule_table.items[i]->name, &broken, &sound, &complaints);
        if (!broken || !sound)
            text_append_format(&complaints, "%s has no broken case or no sound twin\n",
                               rule_table.items[i]->name);
    }
    if (complaints.length)
        fail_msg("%s", text_string(&complaints));
}

static void each_rule_explains_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_table.count; i++) {
        const struct rule *r = rule_table.items[i];
        assert_true(r->name && r->property && r->sees && r->why && r->remedy && r->source);
        assert_ptr_equal(rule_find(&rule_table, r->name), r);
    }
    assert_null(rule_find(&rule_table, "no-such-rule"));
}

static bool see_three(struct rule_look *look, struct error *e)
{
    (void)e;
    look_sees(look, "table public.orders", "is odd", NULL);
    look_sees(look, "table public.flyway_schema_history", "is odd", NULL);
    look_sees(look, "index public.i on sqitch.changes", "is odd", NULL);
    return true;
}

static void nothing_is_seen_of_the_migrators_tables(void **state)
{
    (void)state;
    char schema_history[] = "flyway_schema_history", changes[] = "sqitch.changes";
    char *own[] = {schema_history, changes};
    struct rule_ground ground = {.own_tables = own, .own_table_count = 2};
    struct rule rule = {.name = "three", .check = see_three};
    char *said = ask(NULL, &rule, &ground);
    assert_string_equal(said, "table public.orders is odd []\n");
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_explains_itself),
        cmocka_unit_test(nothing_is_seen_of_the_migrators_tables),
        cmocka_unit_test_setup_teardown(each_rule_sees_its_cases, bench_open, bench_close),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL) ? 1 : 0;
}
