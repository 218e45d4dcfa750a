#include "rehearsal/kept_log.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "migrator/migrator_log.h"
#include "migrator/migrator_steps.h"

void kept_log_write(struct rehearsal *r, const char *action, const struct migrator_result *result)
{
    r->commands++;
    if (!r->run->ground.output)
        return;
    char *folder = memory_format("%s/logs", r->run->ground.output);
    char *path = memory_format("%s/%s-%u-%s.log", folder, r->slug, r->commands, action);
    mkdir(folder, 0700);
    if (!migrator_log_save(path, result))
        event_message(r->run->events, "%s: the migrator's log cannot be written: %s", path,
                      strerror(errno));
    free(path);
    free(folder);
}

void kept_log_measure_steps(struct rehearsal *r, const struct migrator_result *result)
{
    struct migrator_steps steps = {0};
    migrator_steps_read(&steps, r->run->ground.migrator.definition->step, result);
    for (size_t i = 0; i < steps.count; i++) {
        char *name = memory_format("step %u %s", steps.items[i].number, steps.items[i].title);
        step_measure(r, name, "s", steps.items[i].seconds, 0);
        free(name);
    }
    migrator_steps_release(&steps);
}
