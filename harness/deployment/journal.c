#include "deployment/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "base/valid_text.h"

static const size_t longest_journal = 64u << 20; /* bytes */

static void forget(struct journal *j)
{
    for (int i = 0; i < DEPLOY_STEPS; i++) {
        json_decref(j->steps[i].begun_facts);
        json_decref(j->steps[i].ended_facts);
        j->steps[i] = (struct journal_step){0};
    }
    json_decref(j->opened);
    free(j->reason);
    free(j->finished);
    j->opened = NULL;
    j->reason = j->finished = NULL;
    j->rolling_back = j->any = j->any_done = false;
}

bool journal_open_step(const struct journal *j, enum deploy_step *step)
{
    for (int i = 0; i < DEPLOY_STEPS; i++)
        if (j->steps[i].open) {
            *step = (enum deploy_step)i;
            return true;
        }
    return false;
}

static void keep(json_t **slot, json_t *facts)
{
    json_decref(*slot);
    *slot = json_incref(facts);
}

/* Each of these takes one line into the state; false where it cannot come there. */
static bool take_opened(struct journal *j, json_t *facts)
{
    if (!facts || (j->any && !j->finished))
        return false;
    forget(j);
    j->any = true;
    j->opened = json_incref(facts);
    return true;
}

static bool take_begun(struct journal *j, enum deploy_step step, json_t *facts)
{
    enum deploy_step open;
    if (!j->any || (journal_open_step(j, &open) && open != step))
        return false;
    j->steps[step].begun++;
    j->steps[step].open = true;
    j->steps[step].ended = false;
    keep(&j->steps[step].begun_facts, facts);
    return true;
}

static bool take_ended(struct journal *j, enum deploy_step step, const char *outcome, json_t *facts)
{
    struct journal_step *s = &j->steps[step];
    if (!s->open || !outcome || !deploy_outcome_find(outcome, &s->outcome))
        return false;
    s->open = false;
    s->ended = true;
    if (s->outcome == DEPLOY_DONE) {
        j->any_done = true;
        j->last_done = step;
    }
    keep(&s->ended_facts, facts);
    return true;
}

static bool take_rollback(struct journal *j, const char *message)
{
    if (!j->any || !message)
        return false;
    free(j->reason);
    free(j->finished);
    j->finished = NULL; /* what was deployed may be rolled back later */
    j->reason = memory_copy_of(message);
    j->rolling_back = true;
    return true;
}

static bool take_finished(struct journal *j, const char *outcome)
{
    if (!j->any || j->finished || !outcome)
        return false;
    j->finished = memory_copy_of(outcome);
    return true;
}

/* A member that is there has this type; NULL where it is not there. */
static const char *text_of(json_t *o, const char *key, bool *good)
{
    json_t *value = json_object_get(o, key);
    *good = *good && (!value || json_is_string(value));
    return json_string_value(value);
}

static bool take(struct journal *j, json_t *o)
{
    static const char *const known[] = {"at", "event", "step", "outcome", "message", "facts"};
    bool good = json_is_object(o);
    size_t members = 0;
    for (size_t i = 0; good && i < sizeof known / sizeof *known; i++)
        members += json_object_get(o, known[i]) != NULL;
    good = good && members == json_object_size(o);
    const char *at = text_of(o, "at", &good), *event = text_of(o, "event", &good);
    const char *name = text_of(o, "step", &good), *outcome = text_of(o, "outcome", &good);
    const char *message = text_of(o, "message", &good);
    json_t *facts = json_object_get(o, "facts");
    enum deploy_step step = DEPLOY_BACKUP;
    if (!good || !at || !event || (facts && !json_is_object(facts)) ||
        (name && !deploy_step_find(name, &step)))
        return false;
    if (strcmp(event, "opened") == 0)
        return !name && take_opened(j, facts);
    if (strcmp(event, "begun") == 0)
        return name && take_begun(j, step, facts);
    if (strcmp(event, "ended") == 0)
        return name && take_ended(j, step, outcome, facts);
    if (strcmp(event, "noted") == 0)
        return j->any && name && message;
    if (strcmp(event, "rollback") == 0)
        return take_rollback(j, message);
    return strcmp(event, "finished") == 0 && take_finished(j, outcome);
}

static bool read_line(struct journal *j, const char *line, size_t length, size_t number,
                      struct error *e)
{
    json_error_t ignored;
    json_t *o = json_loadb(line, length, JSON_REJECT_DUPLICATES, &ignored);
    bool good = o && take(j, o);
    json_decref(o);
    return good || error_set(e, ERROR_UNAVAILABLE,
                             "%s, line %zu: not a line of a deployment journal, or out of "
                             "sequence; inspect it, and move the file away if it is not ours",
                             j->path, number);
}

static bool read_all(struct journal *j, struct error *e)
{
    struct text content = {0};
    if (!text_read_file(&content, j->path, longest_journal))
        return error_set(e, ERROR_UNAVAILABLE, "%s: cannot be read: %s", j->path,
                         file_reason(errno));
    const char *start = text_string(&content);
    size_t whole = 0, number = 0;
    bool good = true;
    while (good && whole < content.length) {
        const char *end = memchr(start + whole, '\n', content.length - whole);
        if (!end)
            break;
        size_t length = (size_t)(end - start) - whole;
        good = read_line(j, start + whole, length, ++number, e);
        whole += length + 1;
    }
    j->torn = good && whole < content.length;
    if (j->torn && ftruncate(j->fd, (off_t)whole) != 0)
        good = error_set(e, ERROR_UNAVAILABLE, "%s: the incomplete last line cannot be removed: %s",
                         j->path, strerror(errno));
    text_release(&content);
    return good;
}

/* The name in its folder is on disk too. */
static bool sync_folder(const char *path)
{
    char *folder = memory_copy_of(path), *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    free(folder);
    return good;
}

bool journal_open(struct journal *j, const char *path, struct error *e)
{
    *j = (struct journal){.path = memory_copy_of(path)};
    j->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->fd < 0 || !sync_folder(path))
        return error_set(e, ERROR_UNAVAILABLE, "the journal %s cannot be written: %s", path,
                         strerror(errno));
    if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
        return error_set(e, ERROR_UNAVAILABLE,
                         errno == EWOULDBLOCK
                             ? "another deploy of this database is running: it holds the journal %s"
                             : "the journal %s cannot be locked",
                         path);
    return read_all(j, e);
}

static bool write_line(struct journal *j, json_t *o, struct error *e)
{
    char *dumped = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    if (!dumped)
        memory_exhausted();
    char *line = memory_format("%s\n", dumped);
    free(dumped);
    size_t length = strlen(line);
    off_t before = lseek(j->fd, 0, SEEK_END);
    ssize_t written = write(j->fd, line, length);
    int reason = written < 0 ? errno : ENOSPC;
    bool good = written == (ssize_t)length;
    if (good && fsync(j->fd) != 0) {
        good = false;
        reason = errno;
    }
    free(line);
    if (!good && before >= 0 && ftruncate(j->fd, before) != 0)
        reason = errno; /* what is left of it is torn, and the next reader cuts it off */
    return good || error_set(e, ERROR_UNAVAILABLE, "the journal %s cannot be written: %s", j->path,
                             strerror(reason));
}

/* Makes the line, takes it as a reader would, and writes it; `facts` is taken over. */
static bool append(struct journal *j, const char *event, const enum deploy_step *step,
                   const char *outcome, const char *message, json_t *facts, struct error *e)
{
    char date[24];
    clock_date(date, sizeof date);
    json_t *o = json_object();
    bool made = o && json_object_set_new(o, "at", json_string(date)) == 0 &&
                json_object_set_new(o, "event", json_string(event)) == 0;
    if (step)
        made = made && json_object_set_new(o, "step", json_string(deploy_step_name(*step))) == 0;
    if (outcome)
        made = made && json_object_set_new(o, "outcome", json_string(outcome)) == 0;
    if (message) {
        char *valid = valid_line(message);
        made = made && json_object_set_new(o, "message", json_string(valid)) == 0;
        free(valid);
    }
    if (facts)
        made = made && json_object_set_new(o, "facts", facts) == 0;
    if (!made)
        memory_exhausted();
    /* nothing is written that could not be read */
    bool good =
        take(j, o) || error_set(e, ERROR_UNAVAILABLE, "the journal %s has no place for '%s %s'",
                                j->path, event, step ? deploy_step_name(*step) : "");
    good = good && write_line(j, o, e);
    json_decref(o);
    return good;
}

bool journal_begin_deployment(struct journal *j, json_t *facts, struct error *e)
{
    return append(j, "opened", NULL, NULL, NULL, facts, e);
}

bool journal_begin_step(struct journal *j, enum deploy_step step, json_t *facts, struct error *e)
{
    return append(j, "begun", &step, NULL, NULL, facts, e);
}

bool journal_end_step(struct journal *j, enum deploy_step step, enum deploy_outcome outcome,
                      const char *message, json_t *facts, struct error *e)
{
    return append(j, "ended", &step, deploy_outcome_name(outcome),
                  message && *message ? message : NULL, facts, e);
}

bool journal_note(struct journal *j, enum deploy_step step, const char *message, struct error *e)
{
    return append(j, "noted", &step, NULL, message, NULL, e);
}

bool journal_begin_rollback(struct journal *j, const char *reason, struct error *e)
{
    return append(j, "rollback", NULL, NULL, reason, NULL, e);
}

bool journal_finish(struct journal *j, const char *outcome, struct error *e)
{
    return append(j, "finished", NULL, outcome, NULL, NULL, e);
}

bool journal_was_begun(const struct journal *j, enum deploy_step step)
{
    return j->steps[step].begun > 0;
}

bool journal_is_done(const struct journal *j, enum deploy_step step)
{
    return j->steps[step].ended && j->steps[step].outcome == DEPLOY_DONE;
}

static const char *string_in(json_t *facts, const char *name)
{
    const char *value = json_string_value(json_object_get(facts, name));
    return value ? value : "";
}

const char *journal_fact(const struct journal *j, const char *name)
{
    return string_in(j->opened, name);
}

const char *journal_step_fact(const struct journal *j, enum deploy_step step, const char *name)
{
    return string_in(j->steps[step].begun_facts, name);
}

void journal_close(struct journal *j)
{
    forget(j);
    if (j->fd >= 0)
        close(j->fd);
    free(j->path);
    *j = (struct journal){.fd = -1};
}
