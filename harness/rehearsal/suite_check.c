#include "rehearsal/suite_check.h"

#include <libpq-fe.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/yaml_name.h"
#include "deployment/deployment.h"
#include "generator/recipe.h"
#include "pgrehearse/scenario.h"
#include "rehearsal/check_kinds.h"
#include "schema/delta.h"
#include "schema/validation.h"

static bool is_declared(const void *items, size_t count, size_t size, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(*(char *const *)(const void *)((const char *)items + i * size), name) == 0)
            return true;
    return false;
}

/* The ids in a validation's header, against those that the suite states, if it states any. */
static bool check_requirements(const struct suite *suite, const struct validation *v,
                               struct error *e)
{
    const char **known = memory_zeroed(suite->requirement_count, sizeof *known);
    char *copy = memory_copy_of(v->requirements), *rest = copy, *id;
    for (unsigned i = 0; i < suite->requirement_count; i++)
        known[i] = suite->requirements[i].id;
    while (suite->requirement_count && e->kind == ERROR_NONE && (id = strsep(&rest, " ,"))) {
        if (!*id || is_declared(known, suite->requirement_count, sizeof *known, id))
            continue;
        char *remedy = yaml_name_remedy(id, known, suite->requirement_count);
        error_set(e, ERROR_USAGE, "%s, line %u, key requirements: no requirement '%s'; %s", v->path,
                  text_line_of(v->sql, strstr(v->sql, "-- requirements:")), id, remedy);
        free(remedy);
    }
    free(copy);
    free(known);
    return e->kind == ERROR_NONE;
}

static bool check_validations(const struct suite *suite, const struct suite_validations *v,
                              struct error *e)
{
    struct validation_list list = {0};
    char *folder = suite_path(suite, v->folder);
    bool good = validation_list_load(folder, &list, e);
    for (size_t i = 0; good && i < list.count; i++)
        good = check_requirements(suite, &list.items[i], e);
    validation_list_release(&list);
    free(folder);
    return good;
}

static bool check_recipe(const struct suite *suite, const struct suite_fixture *f, struct error *e)
{
    if (!f->recipe)
        return true;
    struct recipe *recipe = NULL;
    char *path = suite_path(suite, f->recipe);
    const char **known = memory_zeroed(suite->size_count, sizeof *known);
    for (unsigned i = 0; i < suite->size_count; i++)
        known[i] = suite->sizes[i].name;
    bool good = recipe_load(&recipe, path, e) &&
                recipe_check_sizes(recipe, path, known, suite->size_count, e);
    recipe_free(recipe);
    free(known);
    free(path);
    return good;
}

static bool check_delta(const struct suite *suite, struct error *e)
{
    if (!suite->delta)
        return true;
    struct approved_delta approved = {0};
    char *path = suite_path(suite, suite->delta);
    bool good = delta_read_approved(path, &approved, e);
    approved_delta_release(&approved);
    free(path);
    return good;
}

static bool check_deployment(const struct suite *suite, const char *file, struct error *e)
{
    if (!file)
        return true;
    char *path = suite_path(suite, file);
    struct deployment *deployment = deployment_load(path, e);
    bool good = deployment != NULL;
    deployment_free(deployment);
    free(path);
    return good;
}

/* Names by which scenarios ask for fixtures and validations; suites may have others beside them. */
static const char *const fixtures[] = {SAMPLE_DATA, VARIED_DATA, GENERATED_DATA};
static const char *const validations[] = {PRE_MIGRATION, POST_MIGRATION, POST_ROLLBACK,
                                          BACKFILL,      ACCEPTED,       PRODUCTION_DATA};
enum { MOST_NAMES = 8 };

/*
 * A declared name that no scenario asks for, and that is nearly one which is asked for and not
 * declared, is mistyped. `items` begin with their names, `size` bytes apart.
 */
static bool check_asked(const struct suite *suite, const char *key, const char *what,
                        const void *items, size_t count, size_t size, const char *const *asked,
                        size_t asked_count, struct error *e)
{
    const char *missing[MOST_NAMES];
    size_t missing_count = 0;
    for (size_t i = 0; i < asked_count; i++)
        if (!is_declared(items, count, size, asked[i]))
            missing[missing_count++] = asked[i];
    for (size_t i = 0; i < count; i++) {
        const char *name = *(char *const *)(const void *)((const char *)items + i * size);
        if (is_declared(asked, asked_count, sizeof *asked, name) ||
            !nearest_name(name, missing, missing_count))
            continue;
        char *path = suite_path(suite, suite->file);
        yaml_name_unknown(path, key, what, name, missing, missing_count, e);
        free(path);
        return false;
    }
    return true;
}

static bool check_declared(const struct suite *s, struct error *e)
{
    return check_asked(s, "fixtures.name", "scenario asks for a fixture", s->fixtures,
                       s->fixture_count, sizeof *s->fixtures, fixtures,
                       sizeof fixtures / sizeof *fixtures, e) &&
           check_asked(s, "validations.name", "scenario asks for validations", s->validations,
                       s->validation_count, sizeof *s->validations, validations,
                       sizeof validations / sizeof *validations, e);
}

static bool check_encoding(const struct suite *s, struct error *e)
{
    if (!s->encoding || pg_char_to_encoding(s->encoding) >= 0)
        return true;
    char *problem = memory_format(
        "PostgreSQL has no encoding '%s'; expected a name such as UTF8 or LATIN1", s->encoding);
    char *path = suite_path(s, s->file);
    yaml_value_wrong(path, "encoding", NULL, problem, e);
    free(path);
    free(problem);
    return false;
}

bool suite_check_files(const struct suite *suite, bool delta_too, struct error *e)
{
    if (!check_encoding(suite, e))
        return false;
    for (unsigned i = 0; i < suite->validation_count; i++)
        if (!check_validations(suite, &suite->validations[i], e))
            return false;
    for (unsigned i = 0; i < suite->fixture_count; i++)
        if (!check_recipe(suite, &suite->fixtures[i], e))
            return false;
    return check_deployment(suite, suite->deployment, e) &&
           check_deployment(suite, suite->rehearsed_deployment, e) && check_declared(suite, e) &&
           (!delta_too || check_delta(suite, e));
}

/* What a list in a file may name. */
struct vocabulary {
    const char *what;
    const char **names;
    size_t count;
};

static bool check_names(const struct suite *suite, const char *file, const char *key,
                        char *const *names, size_t count, const struct vocabulary *v,
                        struct error *e)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < v->count && strcmp(v->names[j], names[i]) != 0)
            j++;
        if (j < v->count)
            continue;
        char *path = suite_path(suite, file);
        good = yaml_name_unknown(path, key, v->what, names[i], v->names, v->count, e);
        free(path);
    }
    return good;
}

static struct vocabulary scenarios_of(const struct scenario_list *list)
{
    struct vocabulary v = {"scenario", memory_zeroed(list->count, sizeof *v.names), list->count};
    for (size_t i = 0; i < list->count; i++)
        v.names[i] = scenario_name(list->entries[i].scenario);
    return v;
}

static void free_scenarios(struct vocabulary *v)
{
    for (size_t i = 0; i < v->count; i++)
        free((char *)(uintptr_t)v->names[i]);
    free(v->names);
}

bool suite_check_kinds(const struct suite *suite, const struct scenario_list *list,
                       const struct rule_list *rules, struct error *e)
{
    struct vocabulary kinds = {.what = "kind of check"}, scenarios = scenarios_of(list);
    bool good = true;
    kinds.names = check_kinds(rules, &kinds.count);
    for (unsigned i = 0; i < suite->requirement_count; i++)
        good = check_names(suite, suite->requirements_file, "requirements.checks",
                           suite->requirements[i].checks, suite->requirements[i].check_count,
                           &kinds, e) &&
               good;
    for (unsigned i = 0; good && i < suite->checklist_count; i++) {
        const struct suite_checklist_line *line = &suite->checklist[i];
        good = check_names(suite, suite->file, "checklist.checks", line->checks, line->check_count,
                           &kinds, e) &&
               check_names(suite, suite->file, "checklist.scenarios", line->scenarios,
                           line->scenario_count, &scenarios, e);
    }
    free(kinds.names);
    free_scenarios(&scenarios);
    return good;
}
