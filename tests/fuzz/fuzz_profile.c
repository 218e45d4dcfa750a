/*
 * Profiles of migrators: each is read, or refused as a person's mistake; one that is read is
 * completed, copied and looked for in a folder.
 */
#include "line_mutator.h"
#include "scratch_file.h"

#include <sys/stat.h>

#include "migrator/profile.h"
#include "migrator/recognition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A folder in which a sign may hold. */
static const char *project_folder(void)
{
    static char *folder;
    static const char *const names[] = {"migrations/001_a.up.sql", "migrations/001_a.down.sql",
                                        "alembic.ini", "migrations/env.py"};
    static const char content[] = "[alembic]\nscript_location = migrations\nrevision = 'a1'\n";
    if (folder)
        return folder;
    folder = memory_format("%s/project", scratch_folder());
    char *migrations = memory_format("%s/migrations", folder);
    if (mkdir(folder, 0700) != 0 || mkdir(migrations, 0700) != 0)
        abort();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *name = memory_format("project/%s", names[i]);
        free(scratch_file(name, (const uint8_t *)content, sizeof content - 1));
        free(name);
    }
    free(migrations);
    return folder;
}

static const char *shipped_folder(void)
{
    static char *folder;
    static const char content[] = "skip: [vendor]\nset: [\"DB_URL={url}\"]\nunset: [\"PG*\"]\n"
                                  "values: [\"^postgres://\"]\n";
    if (folder)
        return folder;
    folder = memory_format("%s/shipped", scratch_folder());
    char *common = memory_format("%s/common", folder);
    if (mkdir(folder, 0700) != 0 || mkdir(common, 0700) != 0)
        abort();
    free(common);
    free(scratch_file("shipped/common/surroundings.yaml", (const uint8_t *)content,
                      sizeof content - 1));
    return folder;
}

static void use(const struct profile_set *set)
{
    struct error e = {0};
    struct candidate_list list = {0};
    const struct suite_migrator *own = profile_set_find(set, "own", &e);
    if (!own)
        abort();
    profile_free(profile_copy(own));
    profile_free(profile_complete(set, own, &e));
    recognition_find(&list, set, project_folder(), NULL);
    candidate_list_release(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct profile_set set = {0};
    struct error e = {0};
    if (size == 0)
        return 0;
    const char *shipped = shipped_folder();
    free(scratch_file("shipped/own.yaml", data + 1, size - 1));
    bool good = profile_set_load(&set, shipped, NULL, &e);
    if (good == (e.kind != ERROR_NONE) || (!good && (e.kind != ERROR_USAGE || !*e.message)))
        abort();
    if (good)
        use(&set);
    profile_set_release(&set);
    return 0;
}
