#include "lock_level.h"

#include <string.h>

enum lock_level lock_level_of(const char *mode)
{
    static const struct {
        const char *mode;
        enum lock_level level;
    } modes[] = {
        {"AccessExclusiveLock", LOCK_BARS_ALL},     {"ExclusiveLock", LOCK_BARS_WRITE},
        {"ShareRowExclusiveLock", LOCK_BARS_WRITE}, {"ShareLock", LOCK_BARS_WRITE},
        {"ShareUpdateExclusiveLock", LOCK_WRITES},  {"RowExclusiveLock", LOCK_WRITES},
    };
    for (size_t i = 0; mode && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(mode, modes[i].mode) == 0)
            return modes[i].level;
    return LOCK_READS;
}

const char *lock_level_text(enum lock_level level)
{
    static const char *const texts[LOCK_LEVELS] = {
        [LOCK_READS] = "lets others read and write",
        [LOCK_WRITES] = "bars changes of the schema",
        [LOCK_BARS_WRITE] = "bars writing",
        [LOCK_BARS_ALL] = "bars reading and writing",
    };
    return texts[level];
}

const struct lock_cost *lock_heaviest(const struct cost_record *c)
{
    const struct lock_cost *heaviest = NULL;
    for (size_t i = 0; i < c->lock_count; i++) {
        const struct lock_cost *lock = &c->locks[i];
        enum lock_level level = lock_level_of(lock->mode);
        enum lock_level most = heaviest ? lock_level_of(heaviest->mode) : LOCK_READS;
        if (!heaviest || level > most || (level == most && lock->held > heaviest->held))
            heaviest = lock;
    }
    return heaviest;
}
