/* pgrehearse validate: one set of validations on a database that is only read. */
#include "base/memory.h"
#include "base/text.h"
#include "base/yaml_name.h"
#include "commands/command.h"
#include "commands/suite_arguments.h"
#include "ground/given_database.h"
#include "ground/signals.h"
#include "postgres/url.h"
#include "schema/judge_validation.h"

struct tally {
    size_t passed, findings;
};

static void print_lines(const char *text)
{
    for (size_t length; text && *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        printf("        %.*s\n", (int)length, text);
    }
}

static bool run_one(struct connection *c, const struct validation *v, struct tally *tally,
                    struct error *e)
{
    char *message, *rows;
    enum judgement judgement = judge_validation(c, v, &message, &rows, e);
    if (judgement == JUDGEMENT_HOLDS) {
        printf("passed   %s%s%s%s\n", v->title, v->requirements[0] ? "  [" : "", v->requirements,
               v->requirements[0] ? "]" : "");
        tally->passed++;
    } else if (judgement == JUDGEMENT_OFFENDED) {
        printf("finding  %s%s%s\n", message, v->remedy ? " → " : "", v->remedy ? v->remedy : "");
        print_lines(rows);
        tally->findings++;
    }
    free(message);
    free(rows);
    return judgement != JUDGEMENT_UNKNOWN;
}

static bool is_preserved(const struct suite *suite, const char *table)
{
    unsigned i = 0;
    while (i < suite->preserved_table_count && strcmp(suite->preserved_tables[i], table) != 0)
        i++;
    return i < suite->preserved_table_count;
}

/* TABLE=N, which it may change. */
static bool tell_pair(struct connection *c, const struct suite *suite, char *pair, struct error *e)
{
    char *number = strchr(pair, '=');
    size_t digits = number ? strspn(number + 1, "0123456789") : 0;
    if (digits == 0 || digits > 18 || number[1 + digits])
        return error_set(e, ERROR_USAGE, "--rows %s: expected TABLE=N[,TABLE=N]", pair);
    *number = '\0';
    if (!is_preserved(suite, pair)) {
        char *remedy = yaml_name_remedy(pair, (const char *const *)suite->preserved_tables,
                                        suite->preserved_table_count);
        error_set(e, ERROR_USAGE, "--rows %s: suite %s has no such preserved table; %s", pair,
                  suite->name, remedy);
        free(remedy);
        return false;
    }
    return validation_tell_rows(c, pair, strtoull(number + 1, NULL, 10), e);
}

static bool tell_rows(struct connection *c, const struct suite_arguments *given, struct error *e)
{
    const char *rows = arguments_value(&given->arguments, "rows");
    char *copy = rows ? memory_copy_of(rows) : NULL, *rest = copy, *pair;
    bool good = true;
    while (good && (pair = strsep(&rest, ",")))
        good = tell_pair(c, given->suite, pair, e);
    free(copy);
    return good;
}

static bool validate_database(const struct suite_arguments *given, const struct cancel *cancel,
                              struct tally *tally, struct error *e)
{
    const struct arguments *a = &given->arguments;
    const char *url = arguments_value(a, "database");
    if (a->positional_count != 1)
        return error_set(e, ERROR_USAGE,
                         "validate: which validations? pre-migration, post-migration or "
                         "post-rollback");
    if (!url)
        return error_set(e, ERROR_USAGE, "validate: on which database? Give --database URL");
    const struct suite_validations *which =
        suite_find_validations(given->suite, a->positional[0], e);
    if (!which)
        return false;
    struct validation_list list = {0};
    struct connection c = {0};
    char *folder = suite_path(given->suite, which->folder);
    bool good = validation_list_load(folder, &list, e) &&
                given_database_open(&c, url, true, cancel, e) && tell_rows(&c, given, e);
    for (size_t i = 0; good && i < list.count; i++)
        good = run_one(&c, &list.items[i], tally, e);
    connection_close(&c);
    validation_list_release(&list);
    free(folder);
    return good;
}

const struct option_spec command_validate_options[] = {
    {"database", "URL", "the database; it is only read"},
    {"rows", "TABLE=N[,TABLE=N]", "row counts before the migration, for validations that compare"},
    {NULL, NULL, NULL}};

int command_validate(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    struct tally tally = {0};
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    bool good = suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 1, &e);
    bool help = good && given.arguments.help;
    if (good && !help) {
        good = (cancel_init(&cancel) && signals_watch(&signals, &cancel)) ||
               error_set(&e, ERROR_UNAVAILABLE, "cannot watch for signals");
        good = good && validate_database(&given, &cancel, &tally, &e);
        if (good)
            printf("%s: %zu passed, %zu findings\n", tally.findings ? "findings" : "passed",
                   tally.passed, tally.findings);
    }
    signals_release(&signals);
    cancel_release(&cancel);
    suite_arguments_release(&given);
    if (!good) {
        int code = command_fail(&e);
        return tally.findings ? EXIT_FINDINGS : code;
    }
    return tally.findings ? EXIT_FINDINGS : EXIT_PASSED;
}
