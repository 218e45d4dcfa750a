/* Files of YAML and JSON that people write: each is read, or refused for one reason, as a person's
 * mistake. */
#include "line_mutator.h"
#include "scratch_file.h"

#include "deployment/deployment.h"
#include "generator/recipe.h"
#include "migrate/layout.h"
#include "shape/shape.h"
#include "suite/suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_say(bool good, const struct error *e)
{
    if (good == (e->kind != ERROR_NONE) || (!good && (e->kind != ERROR_USAGE || !*e->message)))
        abort();
}

static bool read_recipe(const char *path, struct error *e)
{
    struct recipe *recipe = NULL;
    bool good = recipe_load(&recipe, path, e);
    recipe_free(recipe);
    return good;
}

static bool read_deployment(const char *path, struct error *e)
{
    struct deployment *d = deployment_load(path, e);
    deployment_free(d);
    return d != NULL;
}

static bool read_shape(const char *path, struct error *e)
{
    struct shape *s = shape_load(path, e);
    shape_free(s);
    return s != NULL;
}

static bool read_suite(const char *path, struct error *e)
{
    (void)path;
    struct suite *s = suite_load(scratch_folder(), e);
    suite_free(s);
    return s != NULL;
}

static bool read_project(const char *path, struct error *e)
{
    (void)path;
    struct suite *s = suite_load_project(scratch_folder(), e);
    suite_free(s);
    return s != NULL;
}

static bool read_layout(const char *path, struct error *e)
{
    struct layout l = {0};
    bool good = layout_read(&l, path, e);
    layout_release(&l);
    return good;
}

static const struct reader {
    const char *name;
    bool (*read)(const char *path, struct error *e);
} readers[] = {{"recipe.yaml", read_recipe},      {"deployment.yaml", read_deployment},
               {"shape.json", read_shape},        {"suite.yaml", read_suite},
               {"pgrehearse.yaml", read_project}, {"layout.yaml", read_layout}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct reader *r = &readers[data[0] % (sizeof readers / sizeof *readers)];
    char *path = scratch_file(r->name, data + 1, size - 1);
    struct error e = {0};
    must_say(r->read(path, &e), &e);
    free(path);
    return 0;
}
