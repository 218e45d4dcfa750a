/*
 * The rows of some tables brought back from a backup. pg_restore writes them as SQL, psql runs it
 * between two scripts of ours in one transaction (harness/production/sql/backup_rows.sql tells what
 * they do).
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "postgres/connection.h"
#include "postgres/reading.h"
#include "production/backups/backup.h"
#include "production/backups/backup_file.h"
#include "production/backups/client_program.h"
#include "production/sql.h"

static const char proof[] = "pgrehearse: the rows are restored";

enum { PHASE, SCHEMA, NAME }; /* fields of the plan */

struct rows {
    const char *path;
    const struct backup_options *options;
    int version; /* of the server */
    PGresult *plan;
    char *restore, *psql; /* programs */
    bool is_ahead;        /* client_program_is_ahead() */
    size_t listed;        /* by the backup's list of contents, of what was asked for */
};

static bool is_phase(const struct rows *r, int row, const char *phase)
{
    return strcmp(PQgetvalue(r->plan, row, PHASE), phase) == 0;
}

static bool make_plan(struct rows *r, const char *url, const char *const *tables, size_t count,
                      struct error *e)
{
    struct connection c = {0};
    struct reading reading;
    char *array = connection_array(tables, count);
    const char *values[] = {array};
    bool good = connection_open(&c, url, r->options->cancel, e) && reading_begin(&reading, &c, e);
    if (good) {
        r->version = PQserverVersion(c.pg);
        r->plan = connection_query(&c, sql_backup_rows, 1, values, e);
        good = reading_end(&reading, &c, r->plan != NULL, e);
    }
    connection_close(&c);
    free(array);
    for (int i = 0; good && i < PQntuples(r->plan); i++)
        if (is_phase(r, i, "missing"))
            good = error_set(e, ERROR_UNAVAILABLE, "there is no table %s to restore rows into",
                             PQgetvalue(r->plan, i, NAME));
    return good;
}

static bool is_wanted(const struct rows *r, int row)
{
    return is_phase(r, row, "table") || is_phase(r, row, "sequence");
}

/* Whether it is the first of the plan's tables and sequences in its schema. */
static bool begins_schema(const struct rows *r, int row)
{
    for (int i = 0; i < row; i++)
        if (is_wanted(r, i) &&
            strcmp(PQgetvalue(r->plan, i, SCHEMA), PQgetvalue(r->plan, row, SCHEMA)) == 0)
            return false;
    return is_wanted(r, row);
}

/* pg_restore of what the plan wants of the schema of `row`, or of `row` alone. */
static void append_restore(const struct rows *r, struct text *command, const char *how, int row,
                           bool alone)
{
    const char *schema = PQgetvalue(r->plan, row, SCHEMA);
    text_append_word(command, r->restore);
    text_append(command, how);
    text_append(command, " --schema ");
    text_append_word(command, schema);
    for (int i = 0; i < PQntuples(r->plan); i++) {
        if (!is_wanted(r, i) || (alone && i != row) ||
            strcmp(PQgetvalue(r->plan, i, SCHEMA), schema) != 0)
            continue;
        text_append(command, " --table ");
        text_append_word(command, PQgetvalue(r->plan, i, NAME));
    }
    text_append(command, " ");
    text_append_word(command, r->path);
}

static void count_listed(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds;
    struct rows *r = context;
    unsigned id, table, oid;
    int data = 0, position = 0;
    if (on_stderr)
        return;
    sscanf(line, "%u; %u %u TABLE DATA %n", &id, &table, &oid, &data);
    sscanf(line, "%u; %u %u SEQUENCE SET %n", &id, &table, &oid, &position);
    r->listed += data > 0 || position > 0;
}

static bool count(struct rows *r, int row, bool alone, struct error *e)
{
    struct text command = {0};
    text_append(&command, "exec ");
    append_restore(r, &command, " --list", row, alone);
    struct client_program_request request = {.name = "pg_restore",
                                             .command = text_string(&command),
                                             .mark = r->options->mark,
                                             .cancel = r->options->cancel,
                                             .on_line = count_listed,
                                             .context = r};
    r->listed = 0;
    bool good = client_program_run(&request, e);
    text_release(&command);
    return good;
}

/* Each table and sequence has to be in the backup, or it would stay empty without a word. */
static bool check_contents(struct rows *r, struct error *e)
{
    size_t wanted = 0, there = 0;
    for (int i = 0; i < PQntuples(r->plan); i++) {
        wanted += is_wanted(r, i);
        if (!begins_schema(r, i))
            continue;
        if (!count(r, i, false, e))
            return false;
        there += r->listed;
    }
    for (int i = 0; wanted != there && i < PQntuples(r->plan); i++) {
        if (!is_wanted(r, i))
            continue;
        if (!count(r, i, true, e))
            return false;
        if (r->listed == 0)
            return error_set(e, ERROR_UNAVAILABLE, "the backup %s contains nothing of %s %s.%s",
                             r->path, PQgetvalue(r->plan, i, PHASE), PQgetvalue(r->plan, i, SCHEMA),
                             PQgetvalue(r->plan, i, NAME));
    }
    return wanted == there ||
           error_set(e, ERROR_UNAVAILABLE, "the backup %s lists %zu tables and sequences, not %zu",
                     r->path, there, wanted);
}

/* A file in memory, which psql's shell reads through /proc; -1 if there can be none. */
static int write_script(const struct rows *r, const char *phase, const char *first,
                        const char *last)
{
    struct text script = {0};
    text_append(&script, first);
    for (int i = 0; i < PQntuples(r->plan); i++)
        if (is_phase(r, i, phase))
            text_append_format(&script, "%s;\n", PQgetvalue(r->plan, i, NAME));
    text_append(&script, last);
    int fd = memfd_create("pgrehearse", MFD_CLOEXEC);
    bool good = fd >= 0;
    for (size_t done = 0; good && done < script.length;) {
        ssize_t wrote = write(fd, script.data + done, script.length - done);
        good = wrote > 0;
        done += good ? (size_t)wrote : 0;
    }
    text_release(&script);
    if (!good && fd >= 0)
        close(fd);
    return good ? fd : -1;
}

/* The SQL of one schema's rows, whose status is pg_restore's, whatever else it goes through. */
static void append_rows(const struct rows *r, struct text *command, int row)
{
    if (r->is_ahead)
        text_append(command, "{ status=$( { { ");
    append_restore(r, command, " --data-only --file -", row, false);
    if (r->is_ahead)
        text_append_format(command,
                           "; echo $? >&3; }%s >&4; } 3>&1 ) && [ \"$status\" = 0 ]; } 4>&1",
                           client_program_without_new_line);
}

/*
 * COMMIT is in the last script, which psql is given only if all before it came to a good end. What
 * a dead pg_restore leaves unsaid is rolled back with the session.
 */
static bool run_scripts(struct rows *r, const char *url, int before, int after, struct error *e)
{
    struct text command = {0};
    text_append_format(&command, "{ cat /proc/%ld/fd/%d", (long)getpid(), before);
    for (int i = 0; i < PQntuples(r->plan); i++) {
        if (!begins_schema(r, i))
            continue;
        text_append(&command, " && ");
        append_rows(r, &command, i);
    }
    text_append_format(&command, " && cat /proc/%ld/fd/%d; } | ", (long)getpid(), after);
    text_append_word(&command, r->psql);
    text_append(&command, " --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1");
    struct client_program_request request = {.name = "psql",
                                             .url = url,
                                             .bytes =
                                                 backup_file_size(r->path) * CLIENT_PROGRAM_GROWTH,
                                             .mark = r->options->mark,
                                             .cancel = r->options->cancel,
                                             .proof = proof};
    bool good = client_program_append_url(&command, url, e);
    request.command = text_string(&command);
    good = good && client_program_run(&request, e);
    text_release(&command);
    return good;
}

static bool restore(struct rows *r, const char *url, struct error *e)
{
    char *last = memory_format("COMMIT;\n\\echo %s\n", proof);
    int before = write_script(r, "before", "SET client_encoding = 'UTF8';\nBEGIN;\n",
                              "SET LOCAL row_security = off;\n");
    int after = write_script(r, "after", "SET client_encoding = 'UTF8';\n", last);
    bool good = (before >= 0 && after >= 0) ||
                error_set(e, ERROR_UNAVAILABLE, "a file in memory cannot be created");
    good = good && run_scripts(r, url, before, after, e);
    if (before >= 0)
        close(before);
    if (after >= 0)
        close(after);
    free(last);
    return good;
}

bool backup_restore_rows(const char *path, const char *url, const char *const *tables, size_t count,
                         const struct backup_options *options, struct error *e)
{
    struct rows r = {.path = path, .options = options};
    bool good = make_plan(&r, url, tables, count, e) &&
                (r.restore = client_program_find("pg_restore", r.version, e)) &&
                (r.psql = client_program_find("psql", r.version, e)) && check_contents(&r, e);
    r.is_ahead = good && client_program_is_ahead(r.restore, r.version);
    good = good && restore(&r, url, e);
    PQclear(r.plan);
    free(r.restore);
    free(r.psql);
    return good || error_prefix(e, "the rows were not restored");
}
