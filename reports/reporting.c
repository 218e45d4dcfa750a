#include "reports/reporting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/private_file.h"
#include "reports/outward/outward.h"
#include "reports/report_file.h"
#include "reports/terminal.h"

/* One reporter at work. */
struct report_use {
    const struct reporter *reporter;
    char *where; /* of a file, a folder of scenarios' files, or a receiver; NULL: a display */
    FILE *file;  /* that a display streams to, if it is not standard output */
    bool hears;  /* every event, rather than to be rendered at the end */
    void *state; /* of one that hears; NULL until it listens */
};

static struct report_use *add_use(struct reporting *r, const struct reporter *reporter,
                                  const char *where)
{
    struct report_use *use = memory_append(&r->uses, &r->use_count, sizeof *r->uses);
    use->reporter = reporter;
    use->where = where ? memory_copy_of(where) : NULL;
    return use;
}

bool reporting_owns_output(const struct reporting *r)
{
    return strcmp(r->request.format, "tap") == 0;
}

/* A display that was asked for by name streams to a file of its own. */
static bool open_use(const struct reporting *r, struct report_use *use, struct error *e)
{
    const struct reporting_request *q = &r->request;
    struct report_place place = {q->out, q->progress, q->folder};
    if (q->is_past && !reporting_owns_output(r))
        place.progress = NULL;
    if (use->where && strcmp(use->where, "-") != 0) {
        use->file = fopen(use->where, "we");
        if (!use->file)
            return error_set(e, ERROR_UNAVAILABLE, "--report %s=%s: cannot be written: %s",
                             use->reporter->name, use->where, strerror(errno));
        place.out = place.progress = use->file;
    } else if (!use->where && q->quiet && !reporting_owns_output(r)) {
        place.out = NULL;
    }
    use->state = memory_zeroed(1, use->reporter->state_size);
    use->reporter->open(use->state, &place);
    return true;
}

static bool unknown(const char *name, struct error *e)
{
    const char *names[64] = {NULL};
    struct text all = {0};
    size_t count = 0;
    for (; reporter_table[count] && count < sizeof names / sizeof *names; count++) {
        names[count] = reporter_table[count]->name;
        text_append_format(&all, "%s%s", count ? ", " : "", names[count]);
    }
    const char *near = nearest_name(name, names, count);
    if (near)
        error_set(e, ERROR_USAGE, "--report %s: no such reporter; did you mean '%s'?", name, near);
    else
        error_set(e, ERROR_USAGE, "--report %s: no such reporter; expected one of %s", name,
                  text_string(&all));
    text_release(&all);
    return false;
}

static bool add_wish(struct reporting *r, const struct report_wish *wish, struct error *e)
{
    const struct reporter *reporter = reporter_find(wish->name);
    if (!reporter)
        return unknown(wish->name, e);
    if (!wish->where[0] || (reporter->send && strcmp(wish->where, "-") == 0))
        return error_set(e, ERROR_USAGE, "--report %s: expected %s=%s", wish->name, wish->name,
                         reporter->send ? "URL" : "FILE");
    if (reporter->send && !outward_check(reporter, wish->where, e))
        return false;
    add_use(r, reporter, wish->where)->hears = reporter->hear != NULL;
    return true;
}

static bool is_wished(const struct reporting *r, const struct reporter *reporter)
{
    for (size_t i = 0; i < r->request.wish_count; i++)
        if (strcmp(r->request.wishes[i].name, reporter->name) == 0)
            return true;
    return false;
}

/* What is written without being asked for: into the folder, and where the pipeline wants it. */
static void add_usual(struct reporting *r, const struct reporter *reporter)
{
    const char *folder = r->request.folder;
    bool is_asked = reporter->recognise && !r->request.is_inner;
    const char *wanted = is_asked ? reporter->recognise() : NULL;
    if (folder && reporter->file) {
        char *path = reporter->render_scenario ? memory_copy_of(folder)
                                               : memory_format("%s/%s", folder, reporter->file);
        add_use(r, reporter, path);
        free(path);
    }
    if (wanted && folder && !is_wished(r, reporter)) {
        bool whole = wanted[0] == '/' || strcmp(wanted, "-") == 0;
        char *path = whole ? memory_copy_of(wanted) : memory_format("%s/%s", folder, wanted);
        add_use(r, reporter, path);
        free(path);
    }
}

static bool add_display(struct reporting *r, struct error *e)
{
    const struct reporting_request *q = &r->request;
    bool tap = reporting_owns_output(r);
    if (!tap && strcmp(q->format, "pretty") != 0)
        return error_set(e, ERROR_USAGE, "--format %s: expected pretty or tap", q->format);
    const char *name = tap                             ? "tap"
                       : q->display                    ? q->display
                       : terminal_of(q->progress).live ? "terminal"
                                                       : "lines";
    add_use(r, reporter_find(name), NULL)->hears = true;
    return true;
}

bool reporting_open(struct reporting *r, const struct reporting_request *request, struct error *e)
{
    *r = (struct reporting){.request = *request};
    for (const struct reporter *const *row = reporter_table; *row; row++)
        add_usual(r, *row);
    for (size_t i = 0; i < request->wish_count; i++)
        if (!add_wish(r, &request->wishes[i], e))
            return false;
    bool good = add_display(r, e);
    r->request.wishes = NULL; /* the caller's, and copied */
    r->request.wish_count = 0;
    return good;
}

static bool is_file(const struct report_use *use)
{
    return use->where && !use->hears && !use->reporter->send;
}

/* Others' lines go beside a document. */
static FILE *stream_of(const struct reporting *r)
{
    return reporting_owns_output(r) ? r->request.progress : r->request.out;
}

static void write_files(struct reporting *r, const struct run_record *record)
{
    struct error e = {0};
    if (r->request.folder && !report_folder_make(r->request.folder, &e))
        r->error = e;
    for (size_t i = 0; i < r->use_count; i++) {
        struct error own = {0};
        if (is_file(&r->uses[i]) &&
            !report_file_write(r->uses[i].reporter, r->uses[i].where, stream_of(r), record, &own) &&
            r->error.kind == ERROR_NONE)
            r->error = own;
    }
}

static void hear(void *context, const struct event *event)
{
    struct reporting *r = context;
    if (event->kind == EVENT_RUN_ENDS)
        write_files(r, event->run);
    for (size_t i = 0; i < r->use_count; i++)
        if (r->uses[i].state)
            r->uses[i].reporter->hear(r->uses[i].state, event);
}

/* The same for "x" and "./x"; the caller frees it. NULL: its folder is not there, with errno. */
static char *real_place(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? memory_format("%.*s/", (int)(slash - path), path) : memory_copy_of(".");
    char *real = realpath(folder, NULL);
    char *place = real ? memory_format("%s/%s", real, slash ? slash + 1 : path) : NULL;
    free(real);
    free(folder);
    return place;
}

static bool is_path(const struct report_use *use)
{
    return use->where && strcmp(use->where, "-") != 0 && !use->reporter->send &&
           !use->reporter->render_scenario;
}

static bool is_writable(const struct report_use *use, const char *place, struct error *e)
{
    struct stat status;
    int reason = place ? 0 : errno;
    if (place && stat(place, &status) == 0 && S_ISDIR(status.st_mode))
        reason = EISDIR;
    return !reason || error_set(e, ERROR_UNAVAILABLE, "--report %s=%s: cannot be written: %s",
                                use->reporter->name, use->where, strerror(reason));
}

/* A device or a pipe takes several, one after the other. */
static bool is_document(const char *place)
{
    struct stat status;
    return stat(place, &status) != 0 || S_ISREG(status.st_mode);
}

static bool is_alone(const struct reporting *r, size_t i, const char *place, struct error *e)
{
    const struct reporter *own = r->uses[i].reporter, *other = NULL;
    for (size_t j = 0; j < i && !other && !own->appends; j++) {
        char *there = is_path(&r->uses[j]) ? real_place(r->uses[j].where) : NULL;
        if (there && strcmp(there, place) == 0 && is_document(place))
            other = r->uses[j].reporter;
        free(there);
    }
    return !other || error_set(e, ERROR_USAGE,
                               "--report %s=%s: the report %s is written there; give another file",
                               own->name, r->uses[i].where, other->name);
}

/* The output folder is made when the reports are written, at the latest. */
static bool is_made_later(const struct reporting *r, const char *where)
{
    const char *folder = r->request.folder;
    return folder && (r->request.is_past || strncmp(where, folder, strlen(folder)) == 0);
}

/* Before a run of minutes, not after it. */
static bool check_places(const struct reporting *r, struct error *e)
{
    bool good = true;
    for (size_t i = 0; good && i < r->use_count; i++) {
        if (!is_path(&r->uses[i]))
            continue;
        char *place = real_place(r->uses[i].where);
        good = (!place && is_made_later(r, r->uses[i].where)) ||
               (is_writable(&r->uses[i], place, e) && is_alone(r, i, place, e));
        free(place);
    }
    return good;
}

bool reporting_listen(struct reporting *r, struct event_stream *stream, struct error *e)
{
    if (!check_places(r, e))
        return false;
    for (size_t i = 0; i < r->use_count; i++)
        if (r->uses[i].hears && !open_use(r, &r->uses[i], e))
            return false;
    event_stream_add(stream, hear, r);
    return true;
}

static bool close_use(struct report_use *use)
{
    bool good = !use->state || use->reporter->close(use->state);
    if (use->file && fclose(use->file) != 0)
        good = false;
    free(use->state);
    use->state = NULL;
    use->file = NULL;
    return good;
}

bool reporting_finish(struct reporting *r, struct error *e)
{
    for (size_t i = 0; i < r->use_count; i++)
        if (!close_use(&r->uses[i]) && r->uses[i].where && r->error.kind == ERROR_NONE)
            error_set(&r->error, ERROR_UNAVAILABLE, "cannot write %s", r->uses[i].where);
    error_take(e, &r->error);
    return r->error.kind == ERROR_NONE;
}

bool reporting_sends(const struct reporting *r)
{
    for (size_t i = 0; i < r->use_count; i++)
        if (r->uses[i].reporter->send)
            return true;
    return false;
}

void reporting_send(const struct reporting *r, const struct run_record *record,
                    const struct cancel *cancel, char **warnings)
{
    struct errand *errands = memory_zeroed(r->use_count, sizeof *errands);
    size_t count = 0;
    for (size_t i = 0; i < r->use_count; i++)
        if (r->uses[i].reporter->send)
            errands[count++] = (struct errand){.run = r->uses[i].reporter->send,
                                               .url = r->uses[i].where,
                                               .record = record,
                                               .cancel = cancel};
    *warnings = NULL;
    if (count)
        outward_send(errands, count, r->request.send_limit, warnings);
    free(errands);
}

void reporting_release(struct reporting *r)
{
    for (size_t i = 0; i < r->use_count; i++) {
        close_use(&r->uses[i]);
        free(r->uses[i].where);
    }
    free(r->uses);
    *r = (struct reporting){0};
}
