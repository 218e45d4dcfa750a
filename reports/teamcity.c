/*
 * Service messages of TeamCity: a build problem for each cause of a finding or an error, a message
 * for each warning and note (TeamCity, "Service Messages"). Problems are told apart by an identity
 * that is the same in the next build.
 */
#include <stdlib.h>

#include "base/valid_text.h"
#include "reports/evidence.h"
#include "reports/fingerprint.h"
#include "reports/pipeline.h"
#include "reports/reporter.h"

enum { DESCRIPTION_LIMIT = 4000, IDENTITY_LENGTH = 16 }; /* bytes; it takes 4000 and 60 */

static const struct escape escapes[] = {{'|', "||"}, {'\'', "|'"}, {'\n', "|n"}, {'\r', "|r"},
                                        {'[', "|["}, {']', "|]"},  {0, NULL}};

/* Beyond ASCII a character is written |0xNNNN; of two units where it takes two in UTF-16. */
static void append_unicode(struct text *t, const char *valid)
{
    for (const char *s = valid; *s;) {
        uint32_t code = 0;
        size_t length = utf8_decode(s, &code);
        if (code < 0x80)
            text_append_bytes(t, s, 1);
        else if (code < 0x10000)
            text_append_format(t, "|0x%04X", (unsigned)code);
        else
            text_append_format(t, "|0x%04X|0x%04X", (unsigned)(0xd800 + ((code - 0x10000) >> 10)),
                               (unsigned)(0xdc00 + ((code - 0x10000) & 0x3ff)));
        s += length ? length : 1;
    }
}

static void append_value(struct text *t, const char *valid)
{
    struct text escaped = {0};
    pipeline_append_escaped(&escaped, valid, escapes);
    append_unicode(t, text_string(&escaped));
    text_release(&escaped);
}

static void append_message(struct text *t, const char *status, const char *lines)
{
    text_append(t, "##teamcity[message text='");
    append_value(t, lines);
    text_append_format(t, "' status='%s']\n", status);
}

static void append_problem(struct text *t, const char *lines, const char *identity)
{
    char *cut = valid_text(lines, DESCRIPTION_LIMIT / 4);
    text_append(t, "##teamcity[buildProblem description='");
    append_value(t, cut);
    text_append_format(t, "' identity='pgrehearse_%.*s']\n", IDENTITY_LENGTH, identity);
    free(cut);
}

static void append(struct text *t, struct fingerprints *known, const struct cause *cause,
                   enum cause_grade grade)
{
    struct text lines = {0};
    pipeline_append_place(&lines, &cause->places[0]);
    text_append(&lines, lines.length ? ": " : "");
    cause_append_lines(&lines, cause);
    if (grade == GRADE_WARNING || grade == GRADE_NOTE)
        append_message(t, grade == GRADE_WARNING ? "WARNING" : "NORMAL", text_string(&lines));
    else
        append_problem(t, text_string(&lines), fingerprint_of(known, cause, grade));
    text_release(&lines);
}

static void append_shortfall(struct text *t, const struct run_record *r)
{
    char digest[DIGEST_LENGTH + 1], *shortfall = run_shortfall(r);
    if (shortfall) {
        digest_bytes(shortfall, strlen(shortfall), digest);
        append_problem(t, shortfall, digest);
    }
    free(shortfall);
}

static void render(struct text *t, const struct run_record *r)
{
    struct fingerprints known = {0};
    for (int grade = 0; grade < CAUSE_GRADES; grade++) {
        struct causes causes;
        causes_of_grade(&causes, r, (enum cause_grade)grade);
        for (size_t i = 0; i < causes.count; i++)
            append(t, &known, &causes.items[i], (enum cause_grade)grade);
        causes_release(&causes);
    }
    append_shortfall(t, r);
    fingerprints_release(&known);
}

static const char *recognise(void)
{
    return pipeline_is_teamcity() ? "-" : NULL;
}

const struct reporter teamcity_reporter = {.name = "teamcity",
                                           .summary = "service messages of TeamCity",
                                           .recognise = recognise,
                                           .render = render};
