/* pgrehearse schema: the JSON Schema of a file, for editors and other programs. */
#include "base/yaml_name.h"
#include "commands/command.h"
#include "commands/schema_table.h"

enum { MOST_SCHEMAS = 32 };

const struct option_spec command_schema_options[] = {{NULL, NULL, NULL}};

static bool no_such_schema(const char *name, struct error *e)
{
    const char *names[MOST_SCHEMAS];
    size_t count = 0;
    for (const struct schema_row *row = schema_table; row->name && count < MOST_SCHEMAS; row++)
        names[count++] = row->name;
    char *remedy = yaml_name_remedy(name, names, count);
    error_set(e, ERROR_USAGE, "no schema '%s'; %s", name, remedy);
    free(remedy);
    return false;
}

static bool print(const struct arguments *a, struct error *e)
{
    const char *name = a->positional_count ? a->positional[0] : NULL;
    if (a->positional_count > 1)
        return error_set(e, ERROR_USAGE, "schema: unexpected argument '%s'", a->positional[1]);
    for (const struct schema_row *row = schema_table; row->name; row++) {
        if (!name) {
            printf("%-14s %s\n", row->name, row->title);
        } else if (strcmp(row->name, name) == 0) {
            char *json = schema_row_json(row);
            fputs(json, stdout);
            free(json);
            return true;
        }
    }
    return !name || no_such_schema(name, e);
}

int command_schema(const struct command *self, int argc, const char *const *argv)
{
    return command_print(self, argc, argv, print);
}
