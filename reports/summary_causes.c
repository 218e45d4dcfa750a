#include "reports/summary_causes.h"

#include <string.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "reports/causes.h"
#include "reports/evidence.h"
#include "reports/figure.h"

enum { INDENT = 9, MOST_SCENARIOS = 6 };

struct causes_page {
    struct text *out;
    const struct terminal *terminal;
};

static void end_line(const struct causes_page *p, struct text *line)
{
    terminal_append_wrapped(p->terminal, p->out, text_string(line), INDENT);
    text_clear(line);
}

static void append_label(struct text *line, const char *ink, const char *label)
{
    text_append_format(line, "%s%-8s" INK_END " ", ink, label);
}

static void append_remedy(const struct causes_page *p, const struct check *check)
{
    struct text line = {0};
    char *remedy = valid_line(check->remedy);
    text_append_format(&line, "%*s" INK_BOLD "→" INK_END " %s", INDENT, "", remedy);
    if (*remedy)
        end_line(p, &line);
    free(remedy);
    text_release(&line);
}

static void append_seen(const struct causes_page *p, const struct cause *cause)
{
    struct text line = {0};
    char *name = valid_line(cause->places[0].check->name);
    text_append_format(&line, "%*s" INK_SOFT "in ", INDENT, "");
    cause_append_scenarios(&line, cause, MOST_SCENARIOS);
    text_append_format(&line, "%s%s" INK_END, *name ? " · " : "", name);
    end_line(p, &line);
    free(name);
    text_release(&line);
}

static void append_cause(const struct causes_page *p, const struct cause *cause, const char *ink,
                         const char *label)
{
    const struct check *check = cause->places[0].check;
    struct text line = {0};
    append_label(&line, ink, label);
    size_t before = line.length;
    check_append_place(&line, check);
    char *message = valid_line(check->message);
    text_append_format(&line, "%s%s", line.length > before && *message ? ": " : "", message);
    if (line.length == before) {
        char *name = check_full_name(cause->places[0].step, check);
        text_append(&line, name);
        free(name);
    }
    end_line(p, &line);
    append_remedy(p, check);
    append_seen(p, cause);
    free(message);
    text_release(&line);
}

static void append_causes(const struct causes_page *p, struct causes *causes, const char *ink,
                          const char *label)
{
    for (size_t i = 0; i < causes->count; i++)
        append_cause(p, &causes->items[i], ink, label);
    causes_release(causes);
}

/* Checks that did not run, of one kind: because of what is said above, or for a reason of their
   own. */
struct left_out {
    const char *why; /* NULL: because of the above */
    size_t checks, scenarios;
    const struct scenario_record *last;
};

struct left_outs {
    struct left_out *items;
    size_t count;
};

static void count_left_out(struct left_outs *l, const char *why, const struct scenario_record *s)
{
    struct left_out *found = NULL;
    for (size_t i = 0; i < l->count && !found; i++)
        if ((!why && !l->items[i].why) ||
            (why && l->items[i].why && strcmp(why, l->items[i].why) == 0))
            found = &l->items[i];
    if (!found)
        found = memory_append(&l->items, &l->count, sizeof *l->items);
    found->why = why;
    found->checks++;
    found->scenarios += found->last != s;
    found->last = s;
}

static void collect_left_out(struct left_outs *l, const struct run_record *r)
{
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct scenario_record *s = &r->scenarios[i];
        bool explained =
            scenario_count_outcome(s, OUTCOME_FINDING) || scenario_count_outcome(s, OUTCOME_ERROR);
        for (size_t j = 0; j < s->step_count; j++)
            for (size_t k = 0; k < s->steps[j].check_count; k++) {
                const struct check *c = &s->steps[j].checks[k];
                bool own = c->level != LEVEL_FINDING || !explained;
                if (c->outcome == OUTCOME_NOT_RUN)
                    count_left_out(l, own ? (c->message ? c->message : "") : NULL, s);
            }
    }
}

/* Messages may begin with what the label says already. */
static const char *without_label(const char *why)
{
    static const char label[] = "not run: ";
    return strncmp(why, label, sizeof label - 1) == 0 ? why + sizeof label - 1 : why;
}

static void append_left_out(const struct causes_page *p, const struct left_out *l)
{
    struct text line = {0};
    char *why = valid_line(l->why ? without_label(l->why) : "because of the above");
    append_label(&line, INK_DOUBT, outcome_name(OUTCOME_NOT_RUN));
    figure_append_count(&line, l->checks, "check");
    if (l->scenarios > 1)
        text_append_format(&line, " in %zu scenarios", l->scenarios);
    text_append_format(&line, "%s%s", !*why ? "" : l->why ? ": " : " ", why);
    end_line(p, &line);
    free(why);
    text_release(&line);
}

static void append_not_run(const struct causes_page *p, const struct run_record *r)
{
    struct left_outs l = {0};
    collect_left_out(&l, r);
    for (size_t i = 0; i < l.count; i++)
        append_left_out(p, &l.items[i]);
    free(l.items);
}

static void append_run_error(const struct causes_page *p, const struct run_record *r)
{
    struct text line = {0};
    char *shortfall = run_shortfall(r);
    if (shortfall) {
        append_label(&line, INK_DOUBT, outcome_name(OUTCOME_ERROR));
        text_append(&line, shortfall);
        end_line(p, &line);
    }
    text_release(&line);
    free(shortfall);
}

void summary_append_causes(struct text *out, const struct terminal *terminal,
                           const struct run_record *r)
{
    struct causes_page p = {out, terminal};
    struct causes causes;
    causes_of_level(&causes, r, LEVEL_NOTE);
    append_causes(&p, &causes, INK_SOFT, check_level_name(LEVEL_NOTE));
    causes_of_level(&causes, r, LEVEL_WARNING);
    append_causes(&p, &causes, INK_DOUBT, check_level_name(LEVEL_WARNING));
    causes_of_outcome(&causes, r, OUTCOME_FINDING);
    append_causes(&p, &causes, INK_BAD, outcome_name(OUTCOME_FINDING));
    causes_of_outcome(&causes, r, OUTCOME_ERROR);
    append_causes(&p, &causes, INK_DOUBT, outcome_name(OUTCOME_ERROR));
    append_not_run(&p, r);
    append_run_error(&p, r);
}
