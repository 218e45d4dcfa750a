#include "rules/other_setting.h"

#include <stdlib.h>

#include "base/memory.h"

static const char set_here[] = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET %s = %%L', "
                               "current_database(), '%s'); END $$";

char *other_setting_at_home(struct connection *c, const char *name, struct error *e)
{
    return connection_value(c, "SELECT reset_val FROM pg_settings WHERE name = $1", 1, &name, e);
}

bool other_setting_travel(struct rule_look *look, const struct other_setting *s,
                          bool (*visit)(void *visitor, struct connection *there, struct error *e),
                          void *visitor, struct connection **there, bool *arrived, struct error *e)
{
    struct rule_ground *g = look->ground;
    char *trouble = NULL, *place = memory_format("where %s is %s", s->word, s->value);
    char *prepare = memory_format(set_here, s->name, s->value);
    const struct rule_journey journey = {
        .prepare = prepare, .place = place, .back = true, .visit = visit, .visitor = visitor};
    bool good = g->travel(g->context, &journey, there, &trouble, e);
    *arrived = good && !trouble;
    if (good && trouble)
        look_sees(look, "the migration", trouble, NULL);
    free(prepare);
    free(place);
    free(trouble);
    return good;
}
