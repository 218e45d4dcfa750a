#include "ground/tables.h"

#include <string.h>

#include "base/memory.h"
#include "ground/sql.h"
#include "schema/left_out.h"

bool ground_list_tables(const struct ground *g, struct connection *c, struct table_list *tables,
                        struct error *e)
{
    const struct suite_migrator *m = g->migrator.definition;
    PGresult *found = connection_query(c, sql_every_table, 0, NULL, e);
    *tables = (struct table_list){0};
    for (int i = 0; found && i < PQntuples(found); i++) {
        const char *name = PQgetvalue(found, i, 0);
        if (!left_out(name, strlen(name), m->tables, m->table_count))
            *(char **)memory_append(&tables->names, &tables->count, sizeof *tables->names) =
                memory_copy_of(name);
    }
    PQclear(found);
    return found != NULL;
}

void table_list_release(struct table_list *tables)
{
    for (size_t i = 0; i < tables->count; i++)
        free(tables->names[i]);
    free(tables->names);
    *tables = (struct table_list){0};
}
