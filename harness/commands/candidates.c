#include "commands/candidates.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "commands/schema_table.h"
#include "commands/suite_arguments.h"
#include "deployment/deploy_step.h"
#include "ground/installation.h"
#include "migrate/chain.h"
#include "migrator/project.h"
#include "reports/reporter.h"
#include "rules/rule.h"

void candidate_offer(const struct completing *c, const char *candidate, const char *meaning)
{
    const char *value = c->word + c->kept, *comma = strrchr(value, ',');
    const char *begun = comma ? comma + 1 : value;
    if (strncmp(candidate, begun, strlen(begun)) != 0)
        return;
    printf("%.*s%s", (int)(begun - c->word), c->word, candidate);
    if (meaning)
        printf("\t%s", meaning);
    putchar('\n');
}

/* The names of "a, b, c". */
static void offer_names(const struct completing *c, const char *names)
{
    char *copy = memory_copy_of(names), *rest = copy, *one;
    while ((one = strsep(&rest, ",")))
        if (one[strspn(one, " ")])
            candidate_offer(c, one + strspn(one, " "), NULL);
    free(copy);
}

void candidates_suites(const struct completing *c)
{
    char *names = installation_shipped_suites();
    offer_names(c, names);
    free(names);
    puts(":folders");
}

/* The suite that is named, or else `usual` (may be NULL); NULL if there is none. */
static struct suite *suite_meant(const struct completing *c, const char *usual)
{
    struct error ignored = {0};
    const char *name = c->first ? c->first : usual;
    char *folder = name ? installation_suite(name, &ignored) : NULL;
    if (!folder && usual)
        folder = installation_suite(usual, &ignored);
    struct suite *suite = folder ? suite_load(folder, &ignored) : NULL;
    free(folder);
    return suite;
}

void candidates_scenarios(const struct completing *c)
{
    struct error ignored = {0};
    struct suite *suite = suite_meant(c, default_suite);
    struct scenario_list list = {0};
    if (suite && scenario_list_make(&list, &c->plugins.scenarios, suite, &ignored))
        for (size_t i = 0; i < list.count; i++) {
            const struct scenario_entry *entry = &list.entries[i];
            char *name = scenario_name(entry->scenario);
            candidate_offer(c, name, entry->scenario->title);
            if ((i == 0 || strcmp(entry->group, entry[-1].group) != 0) &&
                strcmp(entry->group, name) != 0)
                candidate_offer(c, entry->group, "a group of scenarios");
            free(name);
        }
    scenario_list_free(&list);
    suite_free(suite);
}

void candidates_migrators(const struct completing *c)
{
    struct error ignored = {0};
    struct profile_set set = {0};
    struct suite *suite = suite_meant(c, NULL);
    for (unsigned i = 0; suite && i < suite->migrator_count; i++)
        candidate_offer(c, suite->migrators[i].name, NULL);
    if (!suite && profile_set_load(&set, NULL, ".", &ignored))
        for (size_t i = 0; i < set.count; i++)
            candidate_offer(c, set.items[i]->name, profile_title(set.items[i]));
    profile_set_release(&set);
    suite_free(suite);
}

void candidates_rules(const struct completing *c)
{
    const struct rule_list *rules = &c->plugins.rules;
    for (size_t i = 0; i < rules->count; i++)
        candidate_offer(c, rules->items[i]->name, rules->items[i]->property);
}

/* Of the project in this folder, or in the one that is named. */
void candidates_revisions(const struct completing *c)
{
    struct error ignored = {0};
    struct project_list found = {0};
    struct project_options options = {0};
    struct revision_list list = {0};
    if (project_list_find(&found, c->first ? c->first : ".", &options, &ignored) && found.count &&
        project_revisions(&found.items[0], &list, &ignored))
        for (size_t i = 0; i < list.count; i++)
            candidate_offer(c, list.items[i].id, list.items[i].label);
    revision_list_release(&list);
    project_list_release(&found);
}

void candidates_validations(const struct completing *c)
{
    struct suite *suite = suite_meant(c, default_suite);
    for (unsigned i = 0; suite && i < suite->validation_count; i++)
        candidate_offer(c, suite->validations[i].name, NULL);
    suite_free(suite);
}

void candidates_reports(const struct completing *c)
{
    for (const struct reporter *const *r = reporter_table; *r; r++)
        candidate_offer(c, (*r)->name, (*r)->summary);
}

void candidates_steps(const struct completing *c)
{
    for (int i = 0; i < DEPLOY_FORWARD; i++)
        candidate_offer(c, deploy_step_name((enum deploy_step)i),
                        deploy_step_title((enum deploy_step)i));
}

void candidates_schemas(const struct completing *c)
{
    for (const struct schema_row *row = schema_table; row->name; row++)
        candidate_offer(c, row->name, row->title);
}

void candidates_files(const struct completing *c)
{
    (void)c;
    puts(":files");
}

void candidates_folders(const struct completing *c)
{
    (void)c;
    puts(":folders");
}

void candidates_targets(const struct completing *c, const char *folder)
{
    struct error ignored = {0};
    struct layout layout;
    struct chain chain = {0};
    if (layout_load(&layout, LAYOUT_OWN, &ignored) && chain_load(&chain, &layout, folder, &ignored))
        for (size_t i = 0; i < chain.count; i++)
            candidate_offer(c, chain.revisions[i].id, chain.revisions[i].message);
    candidate_offer(c, "head", "the newest revision");
    candidate_offer(c, "base", "before the first revision");
    chain_release(&chain);
    layout_release(&layout);
}
