#include "rehearsal/data_encoding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/regular_file.h"

enum { HEAD = 200, LONGEST = 4096 }; /* lines; bytes of one */

static const char not_in_repertoire[] = "22021";

/* "SET client_encoding = 'LATIN1';": the name, to be freed; NULL: another line. */
static char *named_by(const char *line)
{
    char name[32];
    if (sscanf(line, "SET client_encoding = '%31[A-Za-z0-9_]'", name) != 1)
        return NULL;
    return memory_copy_of(name);
}

static char *read_head(const char *path)
{
    char line[LONGEST], *name = NULL;
    FILE *file = regular_file_open(path);
    for (int i = 0; file && !name && i < HEAD && fgets(line, sizeof line, file); i++)
        name = named_by(line);
    if (file)
        fclose(file);
    return name;
}

/* Some encodings are of clients alone (PostgreSQL manual, 24.3.1): their numbers come last. */
static bool can_be_of_database(struct connection *c, const char *name)
{
    struct error ignored = {0};
    char *can = connection_value(
        c, "SELECT pg_char_to_encoding($1) BETWEEN 0 AND pg_char_to_encoding('KOI8U')", 1, &name,
        &ignored);
    bool good = can && strcmp(can, "t") == 0;
    free(can);
    return good;
}

char *data_encoding_find(const struct own_sql *rows, struct connection *c)
{
    char *name = rows->path && !rows->is_folder ? read_head(rows->path) : NULL;
    bool unusual = name && strcmp(name, "UTF8") != 0 && can_be_of_database(c, name);
    if (unusual)
        return name;
    free(name);
    return NULL;
}

bool data_encoding_is_refused(const struct error *e)
{
    return strcmp(e->sqlstate, not_in_repertoire) == 0;
}
