#include "rehearsal/suite_check.h"

#include "base/memory.h"
#include "generator/recipe.h"
#include "schema/delta.h"
#include "schema/validation.h"

static bool check_validations(const struct suite *suite, const struct suite_validations *v,
                              struct error *e)
{
    struct validation_list list = {0};
    char *folder = suite_path(suite, v->folder);
    bool good = validation_list_load(folder, &list, e);
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

bool suite_check_files(const struct suite *suite, bool delta_too, struct error *e)
{
    for (unsigned i = 0; i < suite->validation_count; i++)
        if (!check_validations(suite, &suite->validations[i], e))
            return false;
    for (unsigned i = 0; i < suite->fixture_count; i++)
        if (!check_recipe(suite, &suite->fixtures[i], e))
            return false;
    return !delta_too || check_delta(suite, e);
}
