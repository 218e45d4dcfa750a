/* Run records for the tests of the reports: with fixed times, so that reports can be compared. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "record/event.h"
#include "record/record.h"
#include "reports/reporter.h"

static inline void begin_record(struct run_record *r)
{
    *r = (struct run_record){.seconds = 4.1};
    r->id = memory_copy_of("0123456789ab");
    r->version = memory_copy_of("0.1.0");
    snprintf(r->started_at, sizeof r->started_at, "2025-10-11T09:30:00Z");
    r->suite = memory_copy_of("example");
    r->suite_path = memory_copy_of("suites/example");
    r->migrator = memory_copy_of("native");
    r->migrations = memory_copy_of("suites/example/migrations");
    r->baseline = memory_copy_of("005");
    r->target = memory_copy_of("002");
    record_add_circumstance(r, "server_version", "15.8");
    record_add_circumstance(r, "setting.fsync", "on");
}

static inline struct check *add_check(struct step *s, const char *name, const char *requirements,
                                      enum outcome outcome, double seconds)
{
    struct check *c = record_add_check(s, name, requirements);
    c->outcome = outcome;
    c->seconds = seconds;
    return c;
}

static inline void add_fresh(struct run_record *r, enum outcome outcome)
{
    struct scenario_record *s =
        record_add_scenario(r, "fresh", "Apply the migration to an empty database");
    s->started = 0.5;
    s->seconds = outcome ? 1.234 : 0;
    struct step *step = record_add_step(s, "upgrade to 002");
    step->started = 0.6;
    step->seconds = outcome ? 0.8 : 0;
    add_check(step, "the migrator ends well", "FR-013", outcome, outcome ? 0.8 : 0)->kind =
        memory_copy_of("upgrade");
    if (outcome) {
        record_add_measurement(step, "upgrade", "s", 0.8, 300);
        record_add_measurement(step, "rows rewritten", "rows", 12345, 0);
    }
    step = record_add_step(s, "expect the approved delta");
    step->seconds = outcome ? 0.0123 : 0;
    add_check(step, "nothing is missing", "FR-001 FR-005", outcome, outcome ? 0.01 : 0);
    add_check(step, "nothing is too much", "", outcome, 0);
}

static inline void passed_record(struct run_record *r)
{
    begin_record(r);
    add_fresh(r, OUTCOME_PASSED);
    struct scenario_record *s =
        record_add_scenario(r, "rollback", "Apply the migration and roll it back");
    s->started = 61;
    s->seconds = 75.2;
    struct step *step = record_add_step(s, "downgrade to 005");
    step->seconds = 75;
    add_check(step, "the migrator ends well", "FR-014 FR-029", OUTCOME_PASSED, 75);
    record_add_measurement(step, "downgrade", "s", 75, 0);
    record_add_measurement(step, "write-ahead log", "bytes", 13002342, 0);
}

static inline void let_fail(struct check *c)
{
    c->message = memory_copy_of("the table \"vendors\" is still there");
    c->remedy = memory_copy_of("drop it in the migration");
    c->expected = memory_copy_of("- table public.vendors");
    c->found = memory_copy_of("table public.vendors\n  column id integer\n  column name text\n");
    c->detail = memory_copy_of("\n\tindented first\n\nand an empty line above");
    c->sql = memory_copy_of("SELECT 1\nFROM pg_class");
}

static inline void let_break(struct check *c)
{
    c->message = memory_copy_of("the server closed the connection");
    c->remedy = memory_copy_of("look into the server's log");
    c->sqlstate = memory_copy_of("57P01");
}

/* Findings, an error and checks that did not run, beside a scenario that passed. */
static inline void findings_record(struct run_record *r)
{
    begin_record(r);
    add_fresh(r, OUTCOME_PASSED);
    struct scenario_record *s =
        record_add_scenario(r, "validation", "Hostile values are refused by the database itself");
    s->started = 0.5;
    s->seconds = 3.2;
    struct step *step = record_add_step(s, "check the schema");
    step->seconds = 0.2;
    let_fail(add_check(step, "the table is gone", "FR-001", OUTCOME_FINDING, 0.1));
    add_check(step, "the column is there", "FR-005 FR-006", OUTCOME_PASSED, 0.05);
    record_add_measurement(step, "upgrade", "s", 301.5, 300);
    step = record_add_step(s, "try the values");
    let_break(add_check(step, "refuses \"My-Project\"", "FR-009", OUTCOME_ERROR, 0.02));
    for (int i = 0; i < 3; i++) {
        char *name = memory_format("refuses value %d", i);
        struct check *c = add_check(step, name, "FR-010", OUTCOME_NOT_RUN, 0);
        c->message = memory_copy_of("the connection was lost before");
        free(name);
    }
}

static inline void set_place(struct check *c, const char *file, unsigned line)
{
    c->file = memory_copy_of(file);
    c->line = line;
}

/* One broken index, seen by three scenarios in three ways: two causes. A warning, a note, and a
   rule that could not look. */
static inline void remarks_record(struct run_record *r)
{
    static const char words[] = "index \"idx_project\" does not exist";
    static const char *const names[] = {"rollback", "round-trip", "interrupted"};
    begin_record(r);
    add_fresh(r, OUTCOME_PASSED);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct scenario_record *s = record_add_scenario(r, names[i], "Roll it back");
        s->seconds = 1;
        struct step *step = record_add_step(s, "downgrade to 005");
        struct check *c =
            add_check(step, "downgrade to 005 succeeds", "FR-014", OUTCOME_FINDING, 0.1);
        c->message = memory_format("the downgrade %s: %s",
                                   i == 2 ? "cannot be watched" : "exited with status 1", words);
        c->remedy = memory_copy_of("fix the migration");
        c->cause = i == 2 ? NULL : memory_copy_of(words);
        c->sqlstate = memory_copy_of("42704");
        set_place(c, "migrations/002_remove.sql", 270);
        c = add_check(step, "the schema is as before", "", OUTCOME_NOT_RUN, 0);
        c->message = memory_copy_of("not run: the downgrade to 005 failed");
    }
    struct scenario_record *s = record_add_scenario(r, "rules", "Rules without a declaration");
    struct step *step = record_add_step(s, "look at what the upgrade did");
    struct check *c = add_check(step, "old writers still work", "", OUTCOME_PASSED, 0.01);
    c->level = LEVEL_WARNING;
    c->kind = memory_copy_of("write-fails");
    c->message = memory_copy_of("table public.chunks: INSERT worked, and fails now");
    c->remedy = memory_copy_of("give the column a default");
    set_place(c, "migrations/002_remove.sql", 12);
    c = add_check(step, "names are not reserved", "", OUTCOME_PASSED, 0.01);
    c->level = LEVEL_NOTE;
    c->message = memory_copy_of("column \"user\" has to be quoted");
    c = add_check(step, "nothing is slow", "", OUTCOME_NOT_RUN, 0);
    c->level = LEVEL_WARNING;
    c->message = memory_copy_of("the upgrade was not measured");
    c = add_check(step, "the index is there", "", OUTCOME_FINDING, 0.01);
    c->message = memory_copy_of("missing index public.projects.idx_project");
    set_place(c, "migrations/002_remove.sql", 0);
}

/* The run failed before any check. */
static inline void failed_record(struct run_record *r)
{
    begin_record(r);
    r->seconds = 0.02;
    add_fresh(r, OUTCOME_NOT_RUN);
    r->error = memory_copy_of("no server: could not connect to \"db.example\" port 5432");
}

/* Nothing was planned. */
static inline void empty_record(struct run_record *r)
{
    begin_record(r);
    r->seconds = 0;
}

static inline char *long_string(void)
{
    struct text t = {0};
    while (t.length < 100000)
        text_append(&t, "größer 🐘 ");
    return text_detach(&t);
}

/* Every string that may break a format. */
static inline void nasty_record(struct run_record *r)
{
    static const char *const nasty[] = {
        "a \"quoted\" 'name' & <tag> ]]> &amp; \\back\\slash \\",
        "all well # SKIP not at all",
        "all well # TODO not at all \\# TODO",
        "two\nlines\r\nthree\rfour",
        "bell \a escape \033[31mred\033[0m delete \177",
        "invalid \xff\xfe \xc3( \xed\xa0\x80 \xf4\x90\x80\x80 end \xe2\x82",
        "emoji 🐘👩‍💻 日本語 e\u0301",
        "line\u2028separator next\xc2\x85"
        "line \ufeffbom \uffff \u202egnp.exe",
        "  leading blanks",
        "trailing blanks  \n",
        "...\n---\n...",
        "|\n> not folded\n- item: [x]\n#comment",
        "1..5\nok 1 - injected\nnot ok 2\nBail out! no",
        "",
        "same",
        "same",
    };
    begin_record(r);
    struct scenario_record *s =
        record_add_scenario(r, "na/s ty", "Strings that # break \"formats\" <&> \n 🐘");
    s->database = memory_copy_of("pgr_x\xff");
    s->seconds = 1;
    struct step *step = record_add_step(s, "step # TODO \"<&>\xff");
    for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
        struct check *c = add_check(step, nasty[i], i % 2 ? "FR-1 F<R&2 FR-\xff" : "", i % 4, 0);
        c->message = memory_copy_of(nasty[i]);
        c->remedy = memory_copy_of(nasty[i]);
        c->expected = memory_copy_of(nasty[i]);
        c->found = memory_format("first\n%s\nlast", nasty[i]);
        c->detail = memory_copy_of(nasty[i]);
        c->sql = memory_copy_of(nasty[i]);
        record_add_measurement(step, nasty[i], nasty[i], (double)i, 3);
        record_add_circumstance(r, nasty[i], nasty[i]);
    }
    struct check *c = add_check(step, "long", "", OUTCOME_FINDING, 0);
    c->message = long_string();
    c->detail = long_string();
    r->error = memory_copy_of("broken \xff # TODO <&>\n\"");
}

/* Plays the record as a runner that runs all scenarios side by side, step by step. */
static inline void play(struct event_stream *e, const struct run_record *r)
{
    event_run(e, EVENT_RUN_BEGINS);
    for (size_t i = 0; !r->error && i < r->scenario_count; i++)
        event_scenario(e, EVENT_SCENARIO_BEGINS, &r->scenarios[i]);
    for (size_t j = 0, more = 1; !r->error && more; j++) {
        more = 0;
        for (size_t i = 0; i < r->scenario_count; i++) {
            const struct scenario_record *s = &r->scenarios[i];
            const struct step *step = &s->steps[j];
            if (j >= s->step_count)
                continue;
            more = 1;
            event_step(e, EVENT_STEP_BEGINS, s, step);
            event_progress(e, s, "copying \033[2J rows", 45, 100);
            for (size_t k = 0; k < step->check_count; k++)
                event_check(e, EVENT_CHECK_ENDS, s, step, &step->checks[k]);
            event_step(e, EVENT_STEP_ENDS, s, step);
            if (j + 1 == s->step_count)
                event_scenario(e, EVENT_SCENARIO_ENDS, s);
        }
    }
    event_run(e, EVENT_RUN_ENDS);
}

/* One reporter that hears the events of one record. */
struct listening {
    const struct reporter *reporter;
    struct event_stream events;
    void *state;
};

static inline void listen_to(struct listening *l, const char *reporter, FILE *out, FILE *progress,
                             const struct run_record *r)
{
    const struct report_place place = {.out = out, .progress = progress};
    l->reporter = reporter_find(reporter);
    assert_non_null(l->reporter);
    event_stream_init(&l->events, r);
    l->state = memory_zeroed(1, l->reporter->state_size);
    l->reporter->open(l->state, &place);
    event_stream_add(&l->events, l->reporter->hear, l->state);
}

/* Returns whether everything could be written. */
static inline bool listening_end(struct listening *l)
{
    bool good = !l->state || l->reporter->close(l->state);
    if (l->state)
        event_stream_release(&l->events);
    free(l->state);
    *l = (struct listening){0};
    return good;
}

struct record_case {
    const char *name;
    void (*make)(struct run_record *r);
};

static const struct record_case record_cases[] = {
    {"passed", passed_record}, {"findings", findings_record}, {"failed", failed_record},
    {"empty", empty_record},   {"nasty", nasty_record},       {"remarks", remarks_record},
};

enum { RECORD_CASES = sizeof record_cases / sizeof *record_cases };
