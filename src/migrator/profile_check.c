#include "migrator/profile_check.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "base/yaml_name.h"

static bool check_regex(const char *path, const char *key, const char *regex, struct error *e)
{
    char *fault = regex ? pattern_fault(regex) : NULL;
    if (fault) {
        char *problem = memory_format("not an extended regular expression: %s: %s", fault, regex);
        yaml_value_wrong(path, key, regex, problem, e);
        free(problem);
    }
    bool good = !fault;
    free(fault);
    return good;
}

static bool check_step(const char *path, const char *step, struct error *e)
{
    char *fault = step ? pattern_fault_of_groups(step, SUITE_STEP_GROUPS) : NULL;
    bool good = check_regex(path, "step", step, e) &&
                (!fault || yaml_value_wrong(path, "step", step, fault, e));
    free(fault);
    return good;
}

static bool check_regexes(const char *path, const char *key, char *const *regexes, unsigned count,
                          struct error *e)
{
    for (unsigned i = 0; i < count; i++)
        if (!check_regex(path, key, regexes[i], e))
            return false;
    return true;
}

static bool check_signs(const struct suite_migrator *m, const char *path, struct error *e)
{
    for (unsigned i = 0; i < m->detect_count; i++)
        for (unsigned j = 0; j < m->detect[i].all_count; j++)
            if (!check_regex(path, "detect.all.contains", m->detect[i].all[j].contains, e) ||
                !check_regex(path, "detect.all.each", m->detect[i].all[j].each, e))
                return false;
    return true;
}

static bool check_revisions(const struct suite_revisions *r, const char *path, struct error *e)
{
    if (!r)
        return true;
    if (!r->list && r->file_count == 0)
        return yaml_value_wrong(path, "revisions", NULL, "expected files or list", e);
    if (r->list && !r->list_line)
        return yaml_value_wrong(path, "revisions", NULL, "expected list_line beside list", e);
    return check_regex(path, "revisions.name", r->name, e) &&
           check_regex(path, "revisions.but_not", r->but_not, e) &&
           check_regex(path, "revisions.otherwise", r->otherwise, e) &&
           check_regex(path, "revisions.id_in", r->id_in, e) &&
           check_regex(path, "revisions.parents", r->parents, e) &&
           check_regex(path, "revisions.parent", r->parent, e) &&
           check_regex(path, "revisions.down_in", r->down_in, e) &&
           check_regex(path, "revisions.list_line", r->list_line, e);
}

static bool check_written_files(const struct suite_migrator *m, const char *path, struct error *e)
{
    for (unsigned i = 0; i < m->file_count; i++) {
        if (!m->files[i].copy == !m->files[i].text)
            return yaml_value_wrong(path, "files", NULL, "expected either copy or text in each", e);
        for (unsigned j = 0; j < m->files[i].replace_count; j++)
            if (!check_regex(path, "files.replace.pattern", m->files[i].replace[j].pattern, e))
                return false;
    }
    return true;
}

static bool check_spellings(const struct suite_migrator *m, const char *path, struct error *e)
{
    for (unsigned i = 0; i < m->spelling_count; i++)
        if (!check_regex(path, "spellings.contains", m->spellings[i].contains, e))
            return false;
    return true;
}

bool profile_check(const struct suite_migrator *m, const char *path, struct error *e)
{
    return check_signs(m, path, e) && check_revisions(m->revisions, path, e) &&
           check_written_files(m, path, e) && check_spellings(m, path, e) &&
           check_regex(path, "current_line", m->current_line, e) &&
           check_regex(path, "lacking", m->lacking, e) && check_regex(path, "ran", m->ran, e) &&
           check_step(path, m->step, e) &&
           check_regexes(path, "places", m->places, m->place_count, e) &&
           check_regexes(path, "upgrade_log", m->upgrade_log, m->upgrade_log_count, e) &&
           check_regexes(path, "downgrade_log", m->downgrade_log, m->downgrade_log_count, e);
}
