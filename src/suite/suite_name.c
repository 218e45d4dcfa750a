#include "suite/suite_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/yaml_name.h"

static const char *name_of(const void *items, size_t size, size_t place)
{
    return *(char *const *)(const void *)((const char *)items + place * size);
}

bool suite_name_unknown(const struct suite *s, const char *file, const char *key, const char *what,
                        const char *value, const void *items, size_t count, size_t size,
                        struct error *e)
{
    const char **names = memory_zeroed(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = name_of(items, size, i);
    char *path = suite_path(s, file);
    yaml_name_unknown(path, key, what, value, names, count, e);
    free(path);
    free(names);
    return false;
}

bool suite_wrong(const struct suite *s, const char *file, const char *key, const char *value,
                 const char *problem, struct error *e)
{
    char *path = suite_path(s, file);
    yaml_value_wrong(path, key, value, problem, e);
    free(path);
    return false;
}

static bool is_among(const void *items, size_t count, size_t size, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name_of(items, size, i), name) == 0)
            return true;
    return false;
}

static bool check_requirements(const struct suite *s, const char *key, char *const *ids,
                               size_t count, struct error *e)
{
    bool good = true;
    for (size_t i = 0; s->requirements && i < count; i++)
        if (!is_among(s->requirements, s->requirement_count, sizeof *s->requirements, ids[i]))
            good = suite_name_unknown(s, s->file, key, "requirement", ids[i], s->requirements,
                                      s->requirement_count, sizeof *s->requirements, e);
    return good;
}

static bool check_values(const struct suite *s, const char *key, const struct suite_values *list,
                         size_t count, struct error *e)
{
    bool good = true;
    for (size_t i = 0; i < count; i++)
        for (unsigned j = 0; j < list[i].value_count; j++)
            good = check_requirements(s, key, list[i].values[j].requirements,
                                      list[i].values[j].requirement_count, e) &&
                   good;
    return good;
}

static bool check_budget(const struct suite *s, const struct suite_budget *b, struct error *e)
{
    if (b->probe && !is_among(s->probes, s->probe_count, sizeof *s->probes, b->probe))
        return suite_name_unknown(s, s->file, "budgets.probe", "probe", b->probe, s->probes,
                                  s->probe_count, sizeof *s->probes, e);
    return check_requirements(s, "budgets.requirements", b->requirements, b->requirement_count, e);
}

static bool check_fault(const struct suite *s, const struct suite_fault *f, struct error *e)
{
    for (unsigned i = 0; i < f->after_count; i++)
        if (!is_among(s->faults, s->fault_count, sizeof *s->faults, f->after[i]))
            return suite_name_unknown(s, s->file, "faults.after", "fault", f->after[i], s->faults,
                                      s->fault_count, sizeof *s->faults, e);
    return check_requirements(s, "faults.requirements", f->requirements, f->requirement_count, e);
}

/* A fixture's sizes are values for those of the suite. */
static bool check_fixture(const struct suite *s, const struct suite_fixture *f, struct error *e)
{
    for (unsigned i = 0; i < f->size_count; i++)
        if (!is_among(s->sizes, s->size_count, sizeof *s->sizes, f->sizes[i].name))
            return suite_name_unknown(s, s->file, "fixtures.sizes.name", "size", f->sizes[i].name,
                                      s->sizes, s->size_count, sizeof *s->sizes, e);
    return true;
}

bool suite_check_references(const struct suite *s, struct error *e)
{
    bool good = check_values(s, "accepts.values.requirements", s->accepts, s->accept_count, e);
    good = check_values(s, "rejects.values.requirements", s->rejects, s->reject_count, e) && good;
    for (unsigned i = 0; i < s->budget_count; i++)
        good = check_budget(s, &s->budgets[i], e) && good;
    for (unsigned i = 0; i < s->fault_count; i++)
        good = check_fault(s, &s->faults[i], e) && good;
    for (unsigned i = 0; i < s->fixture_count; i++)
        good = check_fixture(s, &s->fixtures[i], e) && good;
    return good;
}
