#include "rehearsal/kept_log.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "migrator/migrator_log.h"

/* How many commands the migrator has run, to number their logs. */
static const struct slot_kind commands = {.size = sizeof(unsigned)};

unsigned kept_log_count(const struct rehearsal *r)
{
    const unsigned *count = slot_get(r, &commands, NULL);
    return count ? *count : 0;
}

char *kept_log_write(struct rehearsal *r, const char *action, const struct migrator_result *result)
{
    unsigned number = ++*(unsigned *)slot_single(r, &commands);
    if (!r->run->ground.output)
        return NULL;
    char *folder = memory_format("%s/logs", r->run->ground.output);
    char *path = memory_format("%s/%s-%u-%s.log", folder, r->slug, number, action);
    mkdir(folder, 0700);
    if (!migrator_log_save(path, result)) {
        event_message(r->run->events, "%s: the migrator's log cannot be written: %s", path,
                      strerror(errno));
        free(path);
        path = NULL;
    }
    free(folder);
    return path;
}
