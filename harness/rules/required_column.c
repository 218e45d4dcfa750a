#include "rules/trials.h"

static bool check(struct rule_look *look, struct error *e)
{
    return trials_take(look, "required-column", e);
}

const struct rule rule_required_column = {
    .name = "required-column",
    .level = LEVEL_WARNING,
    .property = "old writers can omit every new column",
    .sees = "A new column that is NOT NULL and has no default, in a table that writers know "
            "without it.",
    .why =
        "The release that still runs does not know the column: each of its INSERTs fails from the "
        "moment of the migration until the last old process is gone.",
    .remedy = "give the column a default, or make it NOT NULL in a later migration",
    .source = "https://github.com/ankane/strong_migrations (adding a column that is required)",
    .check = check,
};
