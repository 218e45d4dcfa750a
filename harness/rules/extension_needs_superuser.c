#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_untrusted_facts, sql_rule_new_judge, e);
}

const struct rule rule_extension_needs_superuser = {
    .name = "extension-needs-superuser",
    .level = LEVEL_WARNING,
    .property = "every new extension can be made by the database's owner",
    .sees = "A new extension that is not trusted: only a superuser may make it.",
    .why =
        "Where production's migrator is not a superuser, CREATE EXTENSION fails with \"permission "
        "denied to create extension\" (42501). Managed services allow many extensions to their "
        "first user all the same.",
    .remedy = "let a DBA make the extension before the deployment, and write CREATE EXTENSION IF "
              "NOT EXISTS",
    .source = "https://github.com/evoila/meho/issues/558, "
              "https://github.com/pgvector/pgvector-python/issues/155",
    .check = check,
};
