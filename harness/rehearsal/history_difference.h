/* How a history differs from an earlier one in what both of them have, or should have. */
#pragma once
#include "migrator/revisions.h"

/* Zero-initialised there is none. */
struct history_difference {
    char *text;   /* "000003 now comes before 000004; 000001 was changed"; NULL: none */
    char *file;   /* of the first revision named, absolute; NULL: it is gone */
    char *remedy; /* for the first one */
};

/* Revisions that come behind all earlier ones do not count. `name` is the earlier one's. */
void history_difference_find(struct history_difference *d, const struct revision_list *earlier,
                             const struct revision_list *now, const char *name);

void history_difference_release(struct history_difference *d);
