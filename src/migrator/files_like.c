#include "migrator/files_like.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool files_like(glob_t *found, const char *folder, const char *pattern)
{
    struct text t = {0};
    *found = (glob_t){0};
    for (const char *p = folder; *p; p++) {
        if (strchr("*?[]\\", *p))
            text_append(&t, "\\");
        text_append_bytes(&t, p, 1);
    }
    text_append_format(&t, "/%s", pattern);
    bool any = glob(text_string(&t), 0, NULL, found) == 0;
    text_release(&t);
    return any;
}
