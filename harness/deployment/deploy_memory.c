#include "deployment/deploy_memory.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

static void add_path(json_t *facts, const char *name, const char *path)
{
    char *whole = path ? realpath(path, NULL) : NULL;
    json_t *text = whole ? json_string(whole) : NULL;
    if (text)
        json_object_set_new(facts, name, text);
    free(whole);
}

void deploy_memory_write(json_t *facts, const struct deploy_request *r)
{
    add_path(facts, "suite-folder", r->suite->folder);
    add_path(facts, "deployment-file", r->deployment->path);
    if (r->migrator->replaced)
        add_path(facts, "migrations", r->migrator->directory);
}

/* NULL for "" */
static char *fact(const struct journal *j, const char *name)
{
    const char *value = journal_fact(j, name);
    return *value ? memory_copy_of(value) : NULL;
}

void deploy_memory_read(struct deploy_memory *r, const char *output, const char *url)
{
    struct journal journal = {.fd = -1};
    struct error ignored = {0}; /* whoever opens it in earnest is told */
    char *path = deploy_journal_path(output, url);
    *r = (struct deploy_memory){0};
    if (access(path, R_OK) == 0) {
        if (journal_open(&journal, path, &ignored) && journal.any)
            *r = (struct deploy_memory){fact(&journal, "suite-folder"),
                                        fact(&journal, "deployment-file"),
                                        fact(&journal, "migrator"), fact(&journal, "migrations")};
        journal_close(&journal);
    }
    free(path);
}

void deploy_memory_release(struct deploy_memory *r)
{
    free(r->suite);
    free(r->deployment);
    free(r->migrator);
    free(r->migrations);
    *r = (struct deploy_memory){0};
}
