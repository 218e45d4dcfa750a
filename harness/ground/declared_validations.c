#include "ground/declared_validations.h"

#include <stdlib.h>

#include "schema/validation.h"

static bool check(const struct suite *s, const struct suite_validations *v, struct connection *c,
                  struct error *e)
{
    struct validation_list list = {0};
    char *folder = suite_path(s, v->folder);
    bool good = validation_list_load(folder, &list, e);
    for (size_t i = 0; good && i < list.count; i++)
        good = validation_check_syntax(c, &list.items[i], e);
    validation_list_release(&list);
    free(folder);
    return good;
}

bool declared_validations_check(const struct ground *ground, const char *url, struct error *e)
{
    const struct suite *s = ground->suite;
    struct connection c = {0};
    if (!s->validation_count)
        return true;
    bool good = connection_open(&c, url, ground->cancel, e);
    for (unsigned i = 0; good && i < s->validation_count; i++)
        good = check(s, &s->validations[i], &c, e);
    connection_close(&c);
    return good;
}
