#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/expression.h"
#include "migrator/migrator.h"
#include "migrator/revision_order.h"
#include "migrator/steps_to.h"

static const char any_word[] = "^[ \t]*([^ \t,]+)";

/* The last line that matches; "" for none. To be freed. */
static char *read_output(const struct migrator *m, const char *output)
{
    const char *regex = m->definition->current_line ? m->definition->current_line : any_word;
    char *found = memory_copy_of("");
    struct expression_groups groups = {0};
    while (*output) {
        size_t length = strcspn(output, "\n");
        char *line = memory_format("%.*s", (int)length, output);
        if (expression_match_line(regex, line, &groups) && groups.items[1]) {
            free(found);
            found = memory_copy_of(groups.items[1]);
        }
        free(line);
        output += length + (output[length] == '\n');
    }
    expression_groups_release(&groups);
    return found;
}

/* As the list of revisions writes it: migrators print 3 for 000003. To be freed. */
static char *as_listed(const struct migrator *m, char *revision)
{
    bool number = *revision && !revision[strspn(revision, "0123456789")];
    for (size_t i = 0; m->revisions && i < m->revisions->count && number; i++) {
        const char *id = m->revisions->items[i].id;
        if (!id[strspn(id, "0123456789")] && revision_number_compare(id, revision) == 0) {
            free(revision);
            return memory_copy_of(id);
        }
    }
    return revision;
}

static bool ask_database(const struct migrator *m, const char *url, char **revision,
                         struct error *e)
{
    char **applied;
    size_t count;
    bool good = steps_applied(m, url, &applied, &count, e);
    if (good)
        *revision = as_listed(m, memory_copy_of(count ? applied[count - 1] : ""));
    for (size_t i = 0; i < count; i++)
        free(applied[i]);
    free(applied);
    return good;
}

char *migrator_current_of(const struct migrator *m, const char *output)
{
    return as_listed(m, read_output(m, output));
}

bool migrator_current(const struct migrator *m, const char *url, double time_limit, char **revision,
                      struct error *e)
{
    struct migrator_result result;
    *revision = NULL;
    if (!m->definition->current)
        return ask_database(m, url, revision, e);
    bool good = migrator_run(m, MIGRATOR_CURRENT, NULL, url, time_limit, &result, e);
    if (good && !process_succeeded(&result.process)) {
        char *ending = process_ending_text(&result.process);
        good = error_set(e, ERROR_UNAVAILABLE, "`current` of migrator %s %s: %s",
                         m->definition->name, ending, migrator_last_line(&result));
        free(ending);
    }
    if (good)
        *revision = migrator_current_of(m, text_string(&result.process.output));
    migrator_result_release(&result);
    return good;
}
