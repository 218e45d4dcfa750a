#include "rehearsal/left_out_scenarios.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_NAMED = 3 }; /* revisions in one line */

static bool names(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 2 : NULL)
        if (strncmp(p, name, length) == 0 && (p[length] == ',' || p[length] == '\0'))
            return true;
    return false;
}

static void join(char **list, const char *name)
{
    char *joined = *list ? memory_format("%s, %s", *list, name) : memory_copy_of(name);
    free(*list);
    *list = joined;
}

static void write_text(struct left_out_scenarios *l)
{
    size_t more = l->revision_count > MOST_NAMED ? l->revision_count - MOST_NAMED : 0;
    free(l->text);
    if (!l->revisions)
        l->text = memory_format("%s: %s", l->scenarios, l->why);
    else if (more)
        l->text = memory_format("%s: %s and %zu more revisions have %s", l->scenarios, l->revisions,
                                more, l->why);
    else
        l->text = memory_format("%s: %s %s %s", l->scenarios, l->revisions,
                                l->revision_count > 1 ? "have" : "has", l->why);
}

static struct left_out_scenarios *find(const struct run *run, const char *why, bool of_revisions)
{
    for (size_t i = 0; run->ground.is_project && i < run->left_out_count; i++)
        if (strcmp(run->left_out[i].why, why) == 0 && !run->left_out[i].revisions == !of_revisions)
            return &run->left_out[i];
    return NULL;
}

void left_out_note(struct run *run, const char *scenario, const char *revision, const char *why,
                   const char *said)
{
    struct left_out_scenarios *l = find(run, said ? said : why, said != NULL);
    if (!l) {
        l = memory_append(&run->left_out, &run->left_out_count, sizeof *run->left_out);
        l->why = memory_copy_of(said ? said : why);
    }
    if (!l->scenarios || !names(l->scenarios, scenario))
        join(&l->scenarios, scenario);
    if (said && (!l->last || strcmp(l->last, revision) != 0)) {
        l->last = revision;
        if (l->revision_count++ < MOST_NAMED)
            join(&l->revisions, revision);
    }
    write_text(l);
}

void left_out_release(struct run *run)
{
    for (size_t i = 0; i < run->left_out_count; i++) {
        free(run->left_out[i].text);
        free(run->left_out[i].scenarios);
        free(run->left_out[i].why);
        free(run->left_out[i].revisions);
    }
    free(run->left_out);
    run->left_out = NULL;
    run->left_out_count = 0;
}
