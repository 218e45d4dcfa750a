/* pgrehearse rules: what is checked without a declaration, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/arguments.h"
#include "commands/command.h"
#include "commands/scenario_table.h"
#include "plugins/plugin_set.h"

enum { WIDTH = 90 };

static void list(const struct rule_list *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *r = rules->items[i];
        printf("%-22s  %-8s %s\n", r->name, check_level_name(r->level), r->property);
    }
    printf("\nTo explain one: pgrehearse rules NAME\n");
}

/* A paragraph under a heading, broken between words. */
static void print_paragraph(const char *heading, const char *text)
{
    int column = printf("%-10s", heading);
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (column + length + 1 > WIDTH)
            column = printf("\n%-10s", "") - 1;
        column += printf("%s%.*s", column > 10 ? " " : "", length, text);
        text += length + (text[length] == ' ');
    }
    printf("\n");
}

static void explain(const struct rule *r)
{
    printf("%s (%s): %s\n\n", r->name, check_level_name(r->level), r->property);
    print_paragraph("sees", r->sees);
    print_paragraph("why", r->why);
    print_paragraph("remedy", r->remedy);
    if (r->source)
        print_paragraph("source", r->source);
    if (r->needs_shape)
        print_paragraph("needs", "production's shape (--shape)");
    if (r->needs_run)
        print_paragraph("needs", "a run of the migrator");
    if (r->moment == RULE_ROLLED_BACK)
        print_paragraph("needs", "a rollback");
    if (r->moment == RULE_OF_HISTORY)
        print_paragraph("needs", "a commit to compare the revisions with (--since)");
    printf("\nTo allow it, write into the migration:  -- pgrehearse: allow %s REASON\n"
           "To change its level, write into suite.yaml:  rules: [{name: %s, level: off}]\n",
           r->name, r->name);
}

static bool print_rules(const struct arguments *a, const struct rule_list *rules, struct error *e)
{
    if (a->positional_count == 0) {
        list(rules);
        return true;
    }
    const struct rule *r = rule_find(rules, a->positional[0]);
    if (!r) {
        char *remedy = rule_remedy(rules, a->positional[0]);
        error_set(e, ERROR_USAGE, "no rule '%s'; %s", a->positional[0], remedy);
        free(remedy);
        return false;
    }
    explain(r);
    return true;
}

static bool print(const struct arguments *a, struct error *e)
{
    struct plugin_set plugins;
    bool good = plugin_set_load(&plugins, arguments_value(a, "plugin"), &scenario_table, e) &&
                print_rules(a, &plugins.rules, e);
    plugin_set_release(&plugins);
    return good;
}

const struct option_spec command_rules_options[] = {PLUGIN_OPTION, {NULL, NULL, NULL}};

int command_rules(const struct command *self, int argc, const char *const *argv)
{
    return command_print(self, argc, argv, print);
}
