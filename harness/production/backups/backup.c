#include "production/backups/backup.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "postgres/connection.h"
#include "production/backups/backup_file.h"
#include "production/backups/backup_violations.h"
#include "production/backups/client_program.h"

static size_t jobs_of(const struct backup_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return options->jobs ? options->jobs : (size_t)(processors > 0 ? processors : 1);
}

/* The encoding is that of our own sessions: the role may prefer one that lacks letters. */
static bool look_at_server(const char *url, const struct cancel *cancel, int *version,
                           uint64_t *bytes, char **encoding, struct error *e)
{
    struct connection c = {0};
    bool good = connection_open(&c, url, cancel, e);
    if (good) {
        char *size =
            connection_value(&c, "SELECT pg_database_size(current_database())", 0, NULL, e);
        *version = c.pg ? PQserverVersion(c.pg) : 0;
        *encoding = c.pg ? memory_copy_of(PQparameterStatus(c.pg, "client_encoding")) : NULL;
        *bytes = size ? strtoull(size, NULL, 10) : 0;
        good = size != NULL;
        free(size);
    }
    connection_close(&c);
    return good;
}

struct taking {
    const struct backup_options *options;
    struct backup_file file;
};

static void tell_taking(void *context)
{
    struct taking *t = context;
    t->options->progress(t->options->context, "dump", backup_file_bytes(&t->file), 0);
}

/* Waits a minute at most for a table that somebody else has locked. */
static void append_dump_options(struct text *command, const struct taking *t)
{
    const struct backup_options *options = t->options;
    text_append(command, options->folder ? " --format=directory" : " --format=custom");
    if (options->folder)
        text_append_format(command, " --jobs=%zu", jobs_of(options));
    if (options->fleeting)
        text_append(command, " --compress=1");
    if (options->fleeting || !options->folder)
        text_append(command, " --no-sync"); /* a file is flushed by us, before it has its name */
    if (options->no_subscriptions)
        text_append(command, " --no-subscriptions");
    if (options->snapshot) {
        text_append(command, " --snapshot ");
        text_append_word(command, options->snapshot);
    }
    for (size_t i = 0; i < options->excluded_count; i++) {
        text_append(command, " --exclude-table-data ");
        text_append_word(command, options->excluded[i]);
    }
    text_append(command, " --no-password --lock-wait-timeout=60000 --file ");
    text_append_word(command, t->file.written);
}

static bool dump(const char *url, struct taking *t, struct error *e)
{
    const struct backup_options *options = t->options;
    int version = 0;
    uint64_t bytes = 0;
    struct text command = {0};
    char *program = NULL, *encoding = NULL;
    bool good = look_at_server(url, options->cancel, &version, &bytes, &encoding, e) &&
                (program = client_program_find("pg_dump", version, e)) != NULL;
    if (good) {
        text_append(&command, "exec ");
        text_append_word(&command, program);
        append_dump_options(&command, t);
        text_append(&command, " --encoding ");
        text_append_word(&command, encoding);
        struct client_program_request request = {.name = "pg_dump",
                                                 .url = url,
                                                 .bytes = bytes,
                                                 .mark = options->mark,
                                                 .cancel = options->cancel,
                                                 .tick = options->progress ? tell_taking : NULL,
                                                 .context = t};
        good = client_program_append_url(&command, url, e);
        request.command = text_string(&command);
        good = good && client_program_run(&request, e);
    }
    free(encoding);
    free(program);
    text_release(&command);
    return good;
}

bool backup_take(const char *url, const char *path, const struct backup_options *options,
                 struct error *e)
{
    struct taking t = {.options = options};
    bool good = backup_file_begin(&t.file, path, options->folder, options->fleeting, e) &&
                dump(url, &t, e) && backup_file_finish(&t.file, e);
    backup_file_release(&t.file);
    return good;
}

/* How many tables have rows by the list of contents, and how many of them were read back. */
struct reading_back {
    size_t listed, read;
};

static void count_line(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds;
    struct reading_back *r = context;
    unsigned id, table, oid;
    int end = 0;
    if (!on_stderr && sscanf(line, "%u; %u %u TABLE DATA %n", &id, &table, &oid, &end) == 3 && end)
        r->listed++;
    else if (on_stderr && strstr(line, " processing data for table "))
        r->read++;
}

static uint64_t unpacked_size(const char *path)
{
    return backup_file_size(path) * CLIENT_PROGRAM_GROWTH;
}

static bool read_back(const char *path, const char *how, const struct backup_options *options,
                      struct reading_back *r, struct error *e)
{
    char *program = client_program_find("pg_restore", 0, e);
    if (!program)
        return false;
    struct text command = {0};
    text_append(&command, "exec ");
    text_append_word(&command, program);
    text_append(&command, how);
    text_append_word(&command, path);
    struct client_program_request request = {.name = "pg_restore",
                                             .command = text_string(&command),
                                             .mark = options->mark,
                                             .bytes = unpacked_size(path),
                                             .cancel = options->cancel,
                                             .on_line = count_line,
                                             .context = r};
    bool good = client_program_run(&request, e);
    text_release(&command);
    free(program);
    return good || error_prefix(e, "the backup %s cannot be read back", path);
}

bool backup_check(const char *path, const struct backup_options *options, struct error *e)
{
    struct reading_back r = {0};
    struct stat status;
    bool has_digest;
    if (stat(path, &status) != 0)
        return error_set(e, ERROR_UNAVAILABLE, "the backup %s: %s", path, strerror(errno));
    if (!backup_file_verify(path, &has_digest, e) || !read_back(path, " --list ", options, &r, e) ||
        !read_back(path, " --verbose --file /dev/null ", options, &r, e))
        return false;
    return r.listed == r.read ||
           error_set(e, ERROR_UNAVAILABLE,
                     "the backup %s lists the rows of %zu tables, and %zu came back", path,
                     r.listed, r.read);
}

struct restoring {
    const struct backup_options *options;
    struct connection watcher; /* of the growing database; closed if nobody wants to know */
    struct refused_entries refused;
};

static void tell_restoring(void *context)
{
    struct restoring *r = context;
    struct error ignored = {0};
    char *size = r->watcher.pg
                     ? connection_value(&r->watcher, "SELECT pg_database_size(current_database())",
                                        0, NULL, &ignored)
                     : NULL;
    if (size)
        r->options->progress(r->options->context, "restore", strtoull(size, NULL, 10),
                             r->options->expected);
    free(size);
}

static bool is_tar(const char *path)
{
    char header[262] = ""; /* "ustar" at 257: POSIX, pax, "ustar Interchange Format" */
    FILE *file = regular_file_open(path);
    size_t got = file ? fread(header, 1, sizeof header, file) : 0;
    if (file)
        fclose(file);
    return got == sizeof header && memcmp(header + 257, "ustar", 5) == 0;
}

static const char one_by_one[] = " --jobs=1";

static void append_restore_options(struct text *command, const char *path, const char *sections,
                                   const struct backup_options *options)
{
    text_append(command, " --no-password");
    text_append(command, sections);
    if (!strstr(sections, one_by_one) && jobs_of(options) > 1 &&
        !is_tar(path)) /* a tar file is read from front to end */
        text_append_format(command, " --jobs=%zu", jobs_of(options));
    if (options->no_owner)
        text_append(command, " --no-owner");
    if (options->no_privileges)
        text_append(command, " --no-privileges");
    if (options->no_subscriptions)
        text_append(command, " --no-subscriptions");
    if (options->no_tablespaces)
        text_append(command, " --no-tablespaces");
    if (options->list) {
        text_append(command, " --use-list ");
        text_append_word(command, options->list);
    }
    text_append(command, " ");
    text_append_word(command, path);
}

struct place {
    const char *path, *url, *program;
    bool is_ahead; /* then it cannot be told to stop at the first error, which is none */
};

static bool restore(const struct place *p, struct restoring *r, bool stops, const char *sections,
                    process_line_fn *on_line, struct error *e)
{
    const struct backup_options *options = r->options;
    struct text command = {0};
    text_append(&command, "exec ");
    text_append_word(&command, p->program);
    text_append(&command, stops && !p->is_ahead ? " --exit-on-error" : "");
    append_restore_options(&command, p->path, sections, options);
    struct client_program_request request = {.name = "pg_restore",
                                             .url = p->url,
                                             .bytes = unpacked_size(p->path),
                                             .is_ahead = p->is_ahead,
                                             .mark = options->mark,
                                             .cancel = options->cancel,
                                             .on_line = on_line,
                                             .tick = options->progress ? tell_restoring : NULL,
                                             .context = r};
    bool good = client_program_append_url(&command, p->url, e);
    request.command = text_string(&command);
    good = good && client_program_run(&request, e);
    text_release(&command);
    return good;
}

static void see_refused(void *context, double seconds, bool on_stderr, const char *line)
{
    struct restoring *r = context;
    refused_entries_see(&r->refused, seconds, on_stderr, line);
}

/*
 * Rows first, which have to come in; then what is made over them, which they may violate. Several
 * at a time pg_restore does not tell which entry failed, so it is asked once more, one by one: what
 * has been made fails at once, being there. Only a verbose one names the entry.
 */
static bool restore_tolerantly(const struct place *p, struct restoring *r, struct error *e)
{
    struct error failed = {0}, again = {0};
    if (!restore(p, r, true, " --section=pre-data --section=data", NULL, e))
        return false;
    if (restore(p, r, false, " --section=post-data", NULL, &failed))
        return true;
    if (failed.kind != ERROR_INTERRUPTED)
        restore(p, r, false, " --verbose --section=post-data --jobs=1", see_refused, &again);
    if (failed.kind == ERROR_INTERRUPTED || r->refused.count == 0)
        return error_take(e, &failed);
    return refused_entries_judge(&r->refused, p->path, p->url, p->program, r->options, e);
}

bool backup_restore(const char *path, const char *url, const struct backup_options *options,
                    struct error *e)
{
    struct restoring r = {.options = options};
    char *program = NULL;
    bool good = connection_open(&r.watcher, url, options->cancel, e) &&
                (program = client_program_find("pg_restore", PQserverVersion(r.watcher.pg), e));
    const struct place place = {
        path, url, program,
        good && client_program_is_ahead(program, PQserverVersion(r.watcher.pg))};
    if (good)
        good = options->violations ? restore_tolerantly(&place, &r, e)
                                   : restore(&place, &r, true, "", NULL, e);
    connection_close(&r.watcher);
    refused_entries_release(&r.refused);
    free(program);
    return good;
}
