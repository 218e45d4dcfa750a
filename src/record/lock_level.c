#include "record/lock_level.h"

#include <stdbool.h>
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
        [LOCK_READS] = "allows reads and writes",
        [LOCK_WRITES] = "blocks schema changes",
        [LOCK_BARS_WRITE] = "blocks writes",
        [LOCK_BARS_ALL] = "blocks reads and writes",
    };
    return texts[level];
}

int lock_interest(const struct lock_cost *l)
{
    static const struct {
        const char *word;
        int interest;
    } kinds[] = {{"table ", 2}, {"index ", 1}, {"sequence ", 1}, {"view ", 1}};
    if (l->object && strncmp(l->object, "TOAST ", 6) == 0) /* nobody knows it by its name */
        return 0;
    for (size_t i = 0; l->object && i < sizeof kinds / sizeof *kinds; i++) {
        const char *at = strstr(l->object, kinds[i].word);
        bool leads = at && (at == l->object || at[-1] == ' ');
        if (leads && !strstr(l->object, " on table ") && /* a trigger's, a constraint's */
            !strstr(l->object, " of table "))            /* a column's, its default's */
            return kinds[i].interest;
    }
    return 0;
}

static bool is_heavier(const struct lock_cost *a, const struct lock_cost *b)
{
    enum lock_level x = lock_level_of(a->mode), y = lock_level_of(b->mode);
    if (x != y)
        return x > y;
    if (lock_interest(a) != lock_interest(b))
        return lock_interest(a) > lock_interest(b);
    return a->held > b->held;
}

const struct lock_cost *lock_heaviest(const struct cost_record *c)
{
    const struct lock_cost *heaviest = NULL;
    for (size_t i = 0; i < c->lock_count; i++)
        if (!heaviest || is_heavier(&c->locks[i], heaviest))
            heaviest = &c->locks[i];
    return heaviest;
}
