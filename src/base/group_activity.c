#include "base/group_activity.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

enum { LONGEST = 16384 };
static const double stopped_limit = 5.0; /* seconds that a process may be stopped */
static const double between_looks = 1.0;

static bool read_of(const char *pid, const char *name, struct text *content)
{
    char *path = memory_format("/proc/%s/%s", pid, name);
    text_clear(content);
    bool good = text_read_file(content, path, LONGEST);
    free(path);
    return good;
}

/* "PID (any name) STATE PARENT GROUP …", the 14th and 15th are clock ticks. */
static bool add_state(const char *stat, pid_t group, struct group_activity *a)
{
    const char *name_end = strrchr(stat, ')');
    char state;
    int of;
    unsigned long user, kernel;
    if (!name_end ||
        sscanf(name_end + 1, " %c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &state, &of,
               &user, &kernel) != 4 ||
        of != group)
        return false;
    a->stopped = a->stopped || state == 'T';
    a->done += user + kernel;
    return true;
}

static void add_switches(const char *status, struct group_activity *a)
{
    static const char *const keys[] = {"\nvoluntary_ctxt_switches:",
                                       "\nnonvoluntary_ctxt_switches:"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *found = strstr(status, keys[i]);
        if (found)
            a->done += strtoull(found + strlen(keys[i]), NULL, 10);
    }
}

struct group_activity group_activity_read(pid_t group)
{
    struct group_activity a = {0};
    struct text content = {0};
    DIR *folder = opendir("/proc");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        const char *pid = entry->d_name;
        if (isdigit((unsigned char)*pid) && read_of(pid, "stat", &content) &&
            add_state(text_string(&content), group, &a) && read_of(pid, "status", &content))
            add_switches(text_string(&content), &a);
    }
    if (folder)
        closedir(folder);
    text_release(&content);
    return a;
}

void group_watch_begin(struct group_watch *w, pid_t group, double quiet_limit)
{
    double now = clock_seconds();
    *w = (struct group_watch){.group = group,
                              .quiet_limit = quiet_limit,
                              .next = quiet_limit > 0 ? now + between_looks : 0,
                              .quiet_since = now};
}

enum group_state group_watch_look(struct group_watch *w, unsigned long long heard)
{
    struct group_activity a = group_activity_read(w->group);
    double now = clock_seconds();
    w->next = now + between_looks;
    if (!a.stopped)
        w->stopped_since = 0;
    else if (w->stopped_since <= 0)
        w->stopped_since = now;
    else if (now - w->stopped_since > stopped_limit)
        return GROUP_IS_STOPPED;
    if (a.done + heard != w->done)
        w->quiet_since = now;
    w->done = a.done + heard;
    return now - w->quiet_since > w->quiet_limit ? GROUP_IS_QUIET : GROUP_WORKS;
}

void group_watch_excuse(struct group_watch *w)
{
    w->quiet_since = clock_seconds();
}
