#include "commands/key_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Lists of the same items under another name. */
static const char *const same[][2] = {{"suite.rejects.", "suite.accepts."},
                                      {"suite.faults.remedy.", "suite.faults.plant."},
                                      {"suite.fixtures.sizes.", "suite.sizes."},
                                      {"shape.database_settings.", "shape.settings."},
                                      {"shape.roles.settings.", "shape.settings."},
                                      {"shape.roles.settings_here.", "shape.settings."}};

static const char *find(const char *path)
{
    static const struct key_words *const all[] = {
        suite_key_words, migrator_key_words, layout_key_words, shape_key_words, other_key_words};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (const struct key_words *k = all[i]; k->path; k++)
            if (strcmp(k->path, path) == 0)
                return k->words;
    return NULL;
}

const char *key_words(const char *path)
{
    const char *found = find(path);
    for (size_t i = 0; !found && i < sizeof same / sizeof *same; i++) {
        size_t length = strlen(same[i][0]);
        if (strncmp(path, same[i][0], length) != 0)
            continue;
        char *other = memory_format("%s%s", same[i][1], path + length);
        found = find(other);
        free(other);
    }
    return found;
}
