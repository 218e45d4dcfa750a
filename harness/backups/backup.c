#include "backup.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_file.h"
#include "client_program.h"
#include "connection.h"
#include "memory.h"
#include "text.h"

static size_t jobs_of(const struct backup_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return options->jobs ? options->jobs : (size_t)(processors > 0 ? processors : 1);
}

static bool find_server_version(const char *url, const struct cancel *cancel, int *version,
                                struct error *e)
{
    struct connection c = {0};
    bool good = connection_open(&c, url, cancel, e);
    if (good)
        *version = PQserverVersion(c.pg);
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
    struct text command = {0};
    char *program = NULL;
    bool good = find_server_version(url, options->cancel, &version, e) &&
                (program = client_program_find("pg_dump", version, e)) != NULL;
    if (good) {
        text_append(&command, "exec ");
        text_append_word(&command, program);
        append_dump_options(&command, t);
        struct client_program_request request = {.name = "pg_dump",
                                                 .url = url,
                                                 .mark = options->mark,
                                                 .cancel = options->cancel,
                                                 .tick = options->progress ? tell_taking : NULL,
                                                 .context = t};
        good = client_program_append_url(&command, url, e);
        request.command = text_string(&command);
        good = good && client_program_run(&request, e);
    }
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
    FILE *file = fopen(path, "re");
    size_t got = file ? fread(header, 1, sizeof header, file) : 0;
    if (file)
        fclose(file);
    return got == sizeof header && memcmp(header + 257, "ustar", 5) == 0;
}

static void append_restore_options(struct text *command, const char *path,
                                   const struct backup_options *options)
{
    text_append(command, " --exit-on-error --no-password");
    if (jobs_of(options) > 1 && !is_tar(path)) /* a tar file is read from front to end */
        text_append_format(command, " --jobs=%zu", jobs_of(options));
    if (options->no_owner)
        text_append(command, " --no-owner");
    if (options->no_privileges)
        text_append(command, " --no-privileges");
    if (options->no_subscriptions)
        text_append(command, " --no-subscriptions");
    text_append(command, " ");
    text_append_word(command, path);
}

bool backup_restore(const char *path, const char *url, const struct backup_options *options,
                    struct error *e)
{
    struct restoring r = {.options = options};
    struct text command = {0};
    char *program = NULL;
    bool good = connection_open(&r.watcher, url, options->cancel, e) &&
                (program = client_program_find("pg_restore", PQserverVersion(r.watcher.pg), e));
    if (good) {
        text_append(&command, "exec ");
        text_append_word(&command, program);
        append_restore_options(&command, path, options);
        struct client_program_request request = {.name = "pg_restore",
                                                 .url = url,
                                                 .mark = options->mark,
                                                 .cancel = options->cancel,
                                                 .tick = options->progress ? tell_restoring : NULL,
                                                 .context = &r};
        good = client_program_append_url(&command, url, e);
        request.command = text_string(&command);
        good = good && client_program_run(&request, e);
    }
    connection_close(&r.watcher);
    free(program);
    text_release(&command);
    return good;
}
