/* The JSON Schemas of the files that people write, made from the tables that read them. */
#pragma once
#include <cyaml/cyaml.h>
#include <stdbool.h>

#include "base/error.h"

struct schema_row {
    const char *name;  /* for `pgrehearse schema NAME` */
    const char *title; /* which file it is of */
    const cyaml_schema_value_t *schema;
    const char *const
        *required; /* keys beside those that `schema` demands, ended by NULL; or NULL */
};

extern const struct schema_row schema_table[]; /* ends with a NULL name */

/* The schema as JSON (draft 7, which editors read), to be freed. */
char *schema_row_json(const struct schema_row *row);

/* Writes each as NAME.schema.json into the folder. */
bool schema_table_write(const char *folder, struct error *e);
