#include "commands/completion.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "commands/candidates.h"
#include "commands/command.h"
#include "commands/scenario_table.h"
#include "migrate/commands.h"
#include "migrate/usage.h"

/* What an option's or a position's value is, by the name of the option, or by what the synopsis
   calls it. Others are judged by the form: a|b are words, DIR and FILE are the shell's. */
static const struct {
    const char *name;
    candidates_fn *print;
} kinds[] = {
    {"scenario", candidates_scenarios},
    {"migrator", candidates_migrators},
    {"from", candidates_revisions},
    {"to", candidates_revisions},
    {"report", candidates_reports},
    {"until", candidates_steps},
    {"SUITE", candidates_suites},
    {"PROJECT", candidates_folders},
    {"SCENARIO", candidates_scenarios},
    {"RULE", candidates_rules},
    {"SCHEMA", candidates_schemas},
    {"VALIDATIONS", candidates_validations},
    {"CERTIFICATE", candidates_files},
    {"A", candidates_files},
    {"B", candidates_files},
};

static candidates_fn *kind_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, name, length) == 0)
            return kinds[i].print;
    return NULL;
}

/* The words of "pretty|tap". */
static void offer_words(const struct completing *c, const char *form)
{
    while (*form) {
        size_t length = strcspn(form, "|");
        char *word = memory_format("%.*s", (int)length, form);
        candidate_offer(c, word, NULL);
        free(word);
        form += length + (form[length] == '|');
    }
}

static void offer_by_form(const struct completing *c, const char *form)
{
    if (strchr(form, '|') && islower((unsigned char)form[0]))
        offer_words(c, form);
    else if (strstr(form, "FILE"))
        candidates_files(c);
    else if (strstr(form, "DIR"))
        candidates_folders(c);
}

static void offer_value(const struct completing *c, const char *option, const char *form)
{
    candidates_fn *print = kind_of(option, strlen(option));
    if (print)
        print(c);
    else
        offer_by_form(c, form);
}

static const struct option_spec *find_option(const struct command *command, const char *word,
                                             size_t length)
{
    for (const struct option_spec *o = command->options; o->name; o++)
        if (strlen(o->name) == length && strncmp(o->name, word, length) == 0)
            return o;
    return NULL;
}

static void offer_options(const struct completing *c, const struct command *command)
{
    for (const struct option_spec *o = command->options; o->name; o++) {
        char *word = memory_format("--%s", o->name);
        candidate_offer(c, word, o->help);
        free(word);
    }
    candidate_offer(c, "--help", "print the options and exit");
}

/* "[SUITE|PROJECT] A --database URL": the value of an option is none of them. */
static void offer_positional(const struct completing *c, const char *synopsis)
{
    bool of_option = false, suites = false; /* which come with the folders */
    for (const char *at = synopsis; *at;) {
        size_t length = strcspn(at, " []|");
        candidates_fn *print = of_option ? NULL : kind_of(at, length);
        if (print && !(suites && print == candidates_folders))
            print(c);
        suites = suites || print == candidates_suites;
        if (length)
            of_option = strncmp(at, "--", 2) == 0;
        at += length + (at[length] != '\0');
    }
}

/* The files of all --plugin FILE and --plugin=FILE before the word; NULL if there are none. */
static char *plugins_named(const struct command *command, int count, const char *const *words)
{
    static const char option[] = "--plugin";
    struct text files = {0};
    for (int i = 1; find_option(command, "plugin", strlen("plugin")) && i + 1 < count; i++) {
        const char *file = NULL;
        if (strncmp(words[i], option, strlen(option)) != 0)
            continue;
        if (words[i][strlen(option)] == '=')
            file = words[i] + strlen(option) + 1;
        else if (!words[i][strlen(option)] && i + 2 < count)
            file = words[++i];
        if (file)
            text_append_format(&files, "%s%s", files.length ? "," : "", file);
    }
    char *named = files.length ? memory_copy_of(text_string(&files)) : NULL;
    text_release(&files);
    return named;
}

/* Of a plugin that cannot be loaded nothing is offered; running it says why. */
static void load_plugins(struct completing *c, const struct command *command, int count,
                         const char *const *words)
{
    struct error ignored = {0};
    char *named = plugins_named(command, count, words);
    plugin_set_load(&c->plugins, named, &scenario_table, &ignored);
    free(named);
}

static void complete_in(struct completing *c, const struct command *command, int count,
                        const char *const *words)
{
    const char *before = count > 1 ? words[count - 2] : "", *sign = strchr(c->word, '=');
    const struct option_spec *o = NULL;
    c->first = arguments_first_positional(count - 1, words, command->options);
    load_plugins(c, command, count, words);
    if (strncmp(before, "--", 2) == 0 && count > 2)
        o = find_option(command, before + 2, strlen(before + 2));
    if (o && o->argument) {
        offer_value(c, o->name, o->argument);
    } else if (strncmp(c->word, "--", 2) == 0 && sign) {
        o = find_option(command, c->word + 2, (size_t)(sign - c->word) - 2);
        c->kept = (size_t)(sign - c->word) + 1;
        if (o && o->argument)
            offer_value(c, o->name, o->argument);
    } else if (c->word[0] == '-') {
        offer_options(c, command);
    } else {
        offer_positional(c, command->synopsis);
    }
}

static void offer_commands(const struct completing *c)
{
    for (const struct command *command = command_table; command->name; command++)
        candidate_offer(c, command->name, command->summary);
}

/* words[0] is the program. */
static void complete_program(struct completing *c, int count, const char *const *words)
{
    const struct command *command = command_find(words[1]);
    if (count == 2) {
        offer_commands(c);
        candidate_offer(c, "help", "print the arguments of a command");
        candidate_offer(c, "--help", "print this and exit");
        candidate_offer(c, "--version", "print the version and exit");
    } else if (command) {
        complete_in(c, command, count - 1, words + 1);
    } else if (strcmp(words[1], "help") == 0 && count == 3) {
        offer_commands(c);
    }
}

static const struct argp_option *find_migrate_option(const char *word)
{
    for (const struct argp_option *o = migrate_options; o->name; o++)
        if ((word[0] == '-' && word[1] == o->key && !word[2]) ||
            (strncmp(word, "--", 2) == 0 && strcmp(word + 2, o->name) == 0))
            return o;
    return NULL;
}

static void complete_migrate(struct completing *c, int count, const char *const *words)
{
    const struct argp_option *o = count > 2 ? find_migrate_option(words[count - 2]) : NULL;
    const char *command = NULL, *folder = NULL;
    for (int i = 1; i < count - 1; i++) {
        const struct argp_option *at = find_migrate_option(words[i]);
        if (at && at->key == 'm' && i + 2 < count)
            folder = words[i + 1];
        i += at && at->arg;
        if (!at && words[i][0] != '-')
            command = words[i];
    }
    if (o && o->arg) {
        offer_by_form(c, o->arg);
    } else if (c->word[0] == '-') {
        for (o = migrate_options; o->name; o++) {
            char *word = memory_format("--%s", o->name);
            candidate_offer(c, word, o->doc);
            free(word);
        }
    } else if (!command) {
        for (size_t i = 0; migrate_command_name(i); i++)
            candidate_offer(c, migrate_command_name(i), NULL);
    } else if (migrate_command_find(command) &&
               migrate_command_takes_target(migrate_command_find(command))) {
        candidates_targets(c, folder ? folder : ".");
    }
}

int completion_print(int count, const char *const *words)
{
    struct completing c = {.word = words[count - 1]};
    if (count < 2)
        return EXIT_PASSED;
    if (strcmp(words[0], "pgrehearse-migrate") == 0)
        complete_migrate(&c, count, words);
    else
        complete_program(&c, count, words);
    plugin_set_release(&c.plugins);
    return EXIT_PASSED;
}
