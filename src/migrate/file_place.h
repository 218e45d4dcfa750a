/* What the path of a file says of it, by the patterns of a layout. */
#pragma once
#include "migrate/layout.h"
#include "migrate/revision_journal.h"

struct file_place {
    const struct layout_file *file; /* NULL: the layout does not know it */
    const char *script;             /* the path below the folder; borrowed */
    char *path;                     /* for reading it, and for messages */
    char *version, *key, *name;     /* NULL where the path has none */
};

/* `journal` is only asked where the layout has one. Release the place in the end. */
struct file_place file_place_look(const struct layout *l, const struct revision_journal *journal,
                                  const char *directory, const char *script);

void file_place_release(struct file_place *p);
