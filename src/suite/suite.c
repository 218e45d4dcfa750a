#include "suite/suite.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/text.h"
#include "base/yaml_file.h"
#include "base/yaml_name.h"
#include "suite/suite_budget.h"
#include "suite/suite_fault.h"
#include "suite/suite_name.h"
#include "suite/suite_schema.h"

static const char placeholder[] = "{revision}";
static const char suite_file[] = "suite.yaml", project_file[] = "pgrehearse.yaml";
static const double default_time_limit = 60; /* seconds */

static bool wrong(struct error *e, const struct suite *s, const char *key, const char *problem)
{
    return suite_wrong(s, s->file, key, NULL, problem, e);
}

/* The same of one of several values there. */
static bool wrong_value(struct error *e, const struct suite *s, const char *key, const char *value,
                        const char *problem)
{
    return suite_wrong(s, s->file, key, value, problem, e);
}

/* The first member of each item, `size` bytes apart, is its name, and no two are alike. */
static bool check_unique(const struct suite *s, const char *file, const char *key,
                         const void *items, size_t count, size_t size, struct error *e)
{
    const char *first = items;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            const char *a = *(char *const *)(const void *)(first + i * size);
            const char *b = *(char *const *)(const void *)(first + j * size);
            if (a && b && strcmp(a, b) == 0) {
                char *problem = memory_format("duplicate '%s'", a);
                suite_wrong(s, file, key, a, problem, e);
                free(problem);
                return false;
            }
        }
    return true;
}

static bool check_names(const struct suite *s, struct error *e)
{
    const char *file = s->file;
    return check_unique(s, file, "migrators.name", s->migrators, s->migrator_count,
                        sizeof *s->migrators, e) &&
           check_unique(s, file, "validations.name", s->validations, s->validation_count,
                        sizeof *s->validations, e) &&
           check_unique(s, file, "probes.name", s->probes, s->probe_count, sizeof *s->probes, e) &&
           check_unique(s, file, "sizes.name", s->sizes, s->size_count, sizeof *s->sizes, e) &&
           check_unique(s, file, "faults.name", s->faults, s->fault_count, sizeof *s->faults, e) &&
           check_unique(s, file, "fixtures.name", s->fixtures, s->fixture_count,
                        sizeof *s->fixtures, e);
}

/* A command that takes a revision; a profile's may take what it likes. */
static bool check_command(const struct suite *s, const struct suite_migrator *m, const char *key,
                          const char *command, struct error *e)
{
    return m->profile || !command || strstr(command, placeholder) ||
           wrong_value(e, s, key, command, "expected {revision} in the command");
}

static bool check_step(const struct suite *s, const char *step, struct error *e)
{
    char *fault = step ? pattern_fault_of_groups(step, SUITE_STEP_GROUPS) : NULL;
    bool good = suite_check_regex(s, "migrators.step", step, e) &&
                (!fault || wrong_value(e, s, "migrators.step", step, fault));
    free(fault);
    return good;
}

static bool check_migrator(const struct suite *s, const struct suite_migrator *m, struct error *e)
{
    if (!m->name)
        return wrong(e, s, "migrators", "expected a name in each");
    if (!m->upgrade && !m->profile)
        return wrong(e, s, "migrators.upgrade", "expected a command, or a profile that has one");
    if (!check_command(s, m, "migrators.upgrade", m->upgrade, e) ||
        !check_command(s, m, "migrators.downgrade", m->downgrade, e) ||
        !check_command(s, m, "migrators.stamp", m->stamp, e) ||
        !suite_check_regex(s, "migrators.lacking", m->lacking, e) ||
        !suite_check_regex(s, "migrators.ran", m->ran, e) || !check_step(s, m->step, e))
        return false;
    for (unsigned i = 0; i < m->upgrade_log_count; i++)
        if (!suite_check_regex(s, "migrators.upgrade_log", m->upgrade_log[i], e))
            return false;
    for (unsigned i = 0; i < m->downgrade_log_count; i++)
        if (!suite_check_regex(s, "migrators.downgrade_log", m->downgrade_log[i], e))
            return false;
    return true;
}

static bool check_exists(const struct suite *s, const char *key, const char *relative, bool folder,
                         struct error *e)
{
    if (!relative)
        return true;
    char *path = suite_path(s, relative);
    struct stat status;
    bool there = stat(path, &status) == 0 && (S_ISDIR(status.st_mode) != 0) == folder;
    if (!there) {
        char *problem = memory_format("expected a %s at %s", folder ? "folder" : "file", path);
        suite_wrong(s, s->file, key, relative, problem, e);
        free(problem);
    }
    free(path);
    return there;
}

/* libcyaml takes "-1" for the largest number of 64 bits. */
static bool is_count(uint64_t number)
{
    return number <= INT64_MAX;
}

/* A fixture's sizes are values for those of the suite. */
static bool check_fixture_size(const struct suite *s, const struct suite_size *size,
                               struct error *e)
{
    for (unsigned i = 0; i < s->size_count; i++) {
        const struct suite_size *declared = &s->sizes[i];
        if (strcmp(declared->name, size->name) != 0)
            continue;
        if (!is_count(size->value))
            return wrong(e, s, "fixtures.sizes.value", "expected a whole number, 0 or more");
        if (declared->maximum && size->value > *declared->maximum)
            return wrong(e, s, "fixtures.sizes.value", "expected a value up to the size's maximum");
    }
    return true; /* one that is not there is found by suite_check_references() */
}

static bool check_fixture(const struct suite *s, const struct suite_fixture *f, struct error *e)
{
    if (!f->sql && !f->recipe)
        return wrong(e, s, "fixtures", "expected sql or recipe in each");
    for (unsigned i = 0; i < f->size_count; i++)
        if (!check_fixture_size(s, &f->sizes[i], e))
            return false;
    for (unsigned i = 0; i < f->row_count; i++)
        if (!is_count(f->rows[i].count))
            return wrong(e, s, "fixtures.rows.count", "expected a whole number, 0 or more");
    return check_exists(s, "fixtures.sql", f->sql, false, e) &&
           check_exists(s, "fixtures.recipe", f->recipe, false, e);
}

static bool check_size(const struct suite *s, const struct suite_size *size, struct error *e)
{
    if (size->name[strspn(size->name, "abcdefghijklmnopqrstuvwxyz0123456789-")])
        return wrong_value(e, s, "sizes.name", size->name,
                           "expected lower-case letters, digits and hyphens");
    if (!is_count(size->value))
        return wrong(e, s, "sizes.value", "expected a whole number, 0 or more");
    if (size->maximum && size->value > *size->maximum)
        return wrong(e, s, "sizes.value", "expected a value up to the maximum");
    return true;
}

static bool check_insert(const struct suite *s, const char *key, const struct suite_values *v,
                         struct error *e)
{
    return strstr(v->insert, "$1") ||
           wrong_value(e, s, key, v->insert, "expected $1, the value, in the statement");
}

static bool check_rejects(const struct suite *s, const struct suite_values *v, struct error *e)
{
    for (unsigned i = 0; i < v->value_count; i++) {
        if (v->values[i].sqlstate_count == 0)
            return wrong(e, s, "rejects.values",
                         "expected sqlstates in each value: the ones that count as its refusal");
        for (unsigned j = 0; j < v->values[i].sqlstate_count; j++)
            if (strlen(v->values[i].sqlstates[j]) != 5)
                return wrong_value(e, s, "rejects.values.sqlstates", v->values[i].sqlstates[j],
                                   "expected five characters, like \"23514\"");
    }
    return true;
}

/* What a suite has to say and a project need not: its file is called otherwise. */
static bool has_required(const struct suite *s, struct error *e)
{
    const bool there[SUITE_REQUIRED] = {[SUITE_NAME] = s->name != NULL,
                                        [SUITE_BASELINE] = s->baseline != NULL,
                                        [SUITE_TARGET] = s->target != NULL,
                                        [SUITE_MIGRATORS] = s->migrator_count > 0};
    for (int i = 0; s->file == suite_file && i < SUITE_REQUIRED; i++)
        if (!there[i])
            return error_set(e, ERROR_USAGE, "%s/%s, key %s: it is missing; expected %s", s->folder,
                             s->file, suite_required_keys[i],
                             i == SUITE_MIGRATORS ? "a list" : "text");
    return true;
}

/* What only the one file has, and would be ignored in the other. */
static bool is_in_its_file(const struct suite *s, struct error *e)
{
    static const char of_projects[] =
        "only a project's pgrehearse.yaml has it; a suite has fixtures";
    bool is_suite = s->file == suite_file, good = true;
    if (is_suite && s->data)
        good = wrong(e, s, "data", of_projects);
    if (is_suite && s->base)
        good = wrong(e, s, "base", of_projects);
    if (!is_suite && s->baseline)
        good = wrong(e, s, "baseline",
                     "only a suite.yaml has it; --from says which revision is the first");
    if (!is_suite && s->target)
        good =
            wrong(e, s, "target", "only a suite.yaml has it; --to says which revision is the last");
    return good;
}

static bool check_suite(const struct suite *s, struct error *e)
{
    bool good = has_required(s, e);
    if (!good)
        return false;
    if (s->name && s->name[strspn(s->name, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
        good = wrong(e, s, "name", "expected lower-case letters, digits, _ and -");
    good = is_in_its_file(s, e) && good;
    if (!clock_is_limit(s->time_limit))
        good = wrong(e, s, "time_limit", "expected seconds, more than 0 and at most a year");
    for (unsigned i = 0; i < s->migrator_count; i++)
        good = check_migrator(s, &s->migrators[i], e) && good;
    for (unsigned i = 0; i < s->validation_count; i++)
        good = check_exists(s, "validations.folder", s->validations[i].folder, true, e) && good;
    good = check_exists(s, "deployment", s->deployment, false, e) && good;
    good = check_exists(s, "rehearsed_deployment", s->rehearsed_deployment, false, e) && good;
    for (unsigned i = 0; i < s->size_count; i++)
        good = check_size(s, &s->sizes[i], e) && good;
    for (unsigned i = 0; i < s->fixture_count; i++)
        good = check_fixture(s, &s->fixtures[i], e) && good;
    for (unsigned i = 0; i < s->reject_count; i++)
        good = check_insert(s, "rejects.insert", &s->rejects[i], e) &&
               check_rejects(s, &s->rejects[i], e) && good;
    for (unsigned i = 0; i < s->accept_count; i++)
        good = check_insert(s, "accepts.insert", &s->accepts[i], e) && good;
    good = suite_check_budgets(s, e) && good;
    return suite_check_faults(s, e) && good;
}

static bool load_requirements(struct suite *s, struct error *e)
{
    if (!s->requirements_file)
        return true;
    char *path = suite_path(s, s->requirements_file);
    void *loaded = NULL;
    bool good = yaml_file_load(path, &requirement_list_schema, &loaded, e);
    free(path);
    if (!good)
        return false;
    struct requirement_list *list = loaded;
    s->requirements = list->items;
    s->requirement_count = list->item_count;
    free(list); /* its items live on in the suite */
    return check_unique(s, s->requirements_file, "requirements.id", s->requirements,
                        s->requirement_count, sizeof *s->requirements, e);
}

static bool check_all(struct suite *s, struct error *e)
{
    s->time_limit = s->given_time_limit ? *s->given_time_limit : default_time_limit;
    bool named = check_names(s, e), good = check_suite(s, e) && named;
    return load_requirements(s, e) && (!named || suite_check_references(s, e)) && good;
}

static struct suite *load(const char *folder, const char *file, struct error *e)
{
    char *path = memory_format("%s/%s", folder, file);
    void *loaded = NULL;
    bool there = file == suite_file || access(path, F_OK) == 0;
    bool good = !there || yaml_file_load(path, &suite_schema, &loaded, e);
    free(path);
    if (!good)
        return NULL;
    struct suite *s = there ? loaded : memory_zeroed(1, sizeof *s);
    s->folder = memory_copy_of(folder);
    s->file = file;
    if (check_all(s, e))
        return s;
    suite_free(s);
    return NULL;
}

struct suite *suite_load(const char *folder, struct error *e)
{
    return load(folder, suite_file, e);
}

struct suite *suite_load_project(const char *folder, struct error *e)
{
    return load(folder, project_file, e);
}

void suite_free(struct suite *s)
{
    if (!s)
        return;
    if (s->requirements) {
        struct requirement_list *list = memory_zeroed(1, sizeof *list);
        list->items = s->requirements;
        list->item_count = s->requirement_count;
        yaml_file_free(&requirement_list_schema, list);
    }
    free(s->folder);
    yaml_file_free(&suite_schema, s);
}

static const void *find_named(const struct suite *s, const char *what, const void *items,
                              size_t count, size_t size, const char *name, struct error *e)
{
    const char **names = memory_zeroed(count, sizeof *names);
    const char *item = items, *found = NULL;
    for (size_t i = 0; i < count; i++, item += size) {
        names[i] = *(char *const *)(const void *)item; /* the name is the first member */
        if (strcmp(names[i], name) == 0)
            found = item;
    }
    char *remedy = yaml_name_remedy(name, names, count);
    if (!found)
        error_set(e, ERROR_USAGE, "suite %s has no %s '%s'; %s", s->name, what, name, remedy);
    free(remedy);
    free(names);
    return found;
}

const struct suite_migrator *suite_find_migrator(const struct suite *s, const char *name,
                                                 struct error *e)
{
    return find_named(s, "migrator", s->migrators, s->migrator_count, sizeof *s->migrators, name,
                      e);
}

const struct suite_fixture *suite_find_fixture(const struct suite *s, const char *name)
{
    for (unsigned i = 0; i < s->fixture_count; i++)
        if (strcmp(s->fixtures[i].name, name) == 0)
            return &s->fixtures[i];
    return NULL;
}

const struct suite_validations *suite_find_validations(const struct suite *s, const char *name,
                                                       struct error *e)
{
    return find_named(s, "validations", s->validations, s->validation_count, sizeof *s->validations,
                      name, e);
}

char *suite_requirements_of(const struct suite *s, const char *kind)
{
    struct text ids = {0};
    for (unsigned i = 0; i < s->requirement_count; i++)
        for (unsigned j = 0; j < s->requirements[i].check_count; j++)
            if (strcmp(s->requirements[i].checks[j], kind) == 0)
                text_append_format(&ids, "%s%s", ids.length ? " " : "", s->requirements[i].id);
    return text_detach(&ids);
}
