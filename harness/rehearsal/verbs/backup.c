/* back_up and expect_restored: does the backup bring back what a rollback cannot? */
#include "production/backups/backup.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/run_folder.h"
#include "rehearsal/remembered.h"
#include "schema/fact.h"

/* Past so many rows only their digest is kept: which of them differ is then not reported. */
static const uint64_t most_rows_kept = 1000000;
static const size_t most_told = 5; /* tables in the one line of a finding */

/* Those with rows of their own; a partition's are its parent's. */
static const char table_query[] =
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
    "AND NOT c.relispartition AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' "
    "AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d WHERE "
    "d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1";

static const char sequence_query[] =
    "SELECT coalesce(string_agg(format('%I.%I at %s', schemaname, sequencename, "
    "coalesce(last_value::text, 'its start')), E'\\n' ORDER BY schemaname, sequencename), '') "
    "FROM pg_sequences";

/* A backup, and what has to come back of it. */
struct taken_backup {
    char *path;
    struct fingerprint *tables; /* of every table; of partitions only their parent */
    size_t table_count;
    char *sequences; /* where they stood, a line each */
};

static void release_backup(struct rehearsal *r, void *state)
{
    struct taken_backup *b = state;
    if (b->path && !r->run->ground.keep)
        backup_remove(b->path);
    for (size_t i = 0; i < b->table_count; i++)
        fingerprint_release(&b->tables[i]);
    free(b->tables);
    free(b->sequences);
    free(b->path);
}

/* By the name that the scenario gives the backup. */
static const struct slot_kind taken_backup = {sizeof(struct taken_backup), release_backup};

static void tell_progress(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct rehearsal *r = context;
    event_progress(r->run->events, r->record, what, (double)done, (double)total);
}

static struct backup_options options_of(struct rehearsal *r)
{
    /* it lives no longer than the run, so it need be neither small nor safe from a power cut */
    return (struct backup_options){.fleeting = true,
                                   .cancel = r->run->ground.cancel,
                                   .mark = r->run->ground.migrator.mark,
                                   .progress = tell_progress,
                                   .context = r};
}

static bool note_tables(struct rehearsal *r, struct taken_backup *b, struct error *e)
{
    uint64_t kept = 0;
    PGresult *names = connection_query(&r->connection, table_query, 0, NULL, e);
    for (int row = 0; names && row < PQntuples(names) && e->kind == ERROR_NONE; row++) {
        struct fingerprint *f = memory_append(&b->tables, &b->table_count, sizeof *b->tables);
        if (!fingerprint_take(&r->connection, PQgetvalue(names, row, 0), NULL, 0, f, e))
            error_prefix(e, "rows of %s", PQgetvalue(names, row, 0));
        kept += f->rows;
        if (kept > most_rows_kept)
            fingerprint_forget_rows(f);
    }
    PQclear(names);
    if (e->kind == ERROR_NONE)
        b->sequences = connection_value(&r->connection, sequence_query, 0, NULL, e);
    return e->kind == ERROR_NONE;
}

void back_up(struct rehearsal *r, const char *backup)
{
    step_begin(r, "take a backup as '%s' and read it back", backup);
    struct check *taken = step_check(r, "backup", NULL, "the backup can be taken");
    struct check *read = step_check(r, "backup", NULL, "the backup can be read to its end");
    if (!step_runs(r))
        return;
    struct error e = {0};
    struct taken_backup *b = slot_make(r, &taken_backup, backup);
    struct stat status = {0};
    const struct backup_options options = options_of(r);
    b->path = memory_format("%s/%s", r->run->ground.folder->path, backup);
    if (!note_tables(r, b, &e) || !backup_take(r->url, b->path, &options, &e)) {
        check_error(r, taken, &e);
        return;
    }
    check_pass(r, taken);
    if (!backup_check(b->path, &options, &e)) {
        check_error(r, read, &e);
        return;
    }
    check_pass(r, read);
    if (stat(b->path, &status) == 0)
        step_measure_as(r, MEASURE_BACKUP, (double)status.st_size, 0);
}

static bool has_table(const struct snapshot *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++) {
        struct fact f;
        if (fact_parse(&f, s->lines[i]) && fact_has_kind(&f, "table") &&
            strlen(name) == f.name_length && memcmp(f.name, name, f.name_length) == 0)
            return true;
    }
    return false;
}

/* The fingerprints of the tables that went; the caller frees the array alone. */
static const struct fingerprint **find_dropped(const struct taken_backup *b,
                                               const struct snapshot *without, size_t *count)
{
    const struct fingerprint **dropped = NULL;
    *count = 0;
    for (size_t i = 0; i < b->table_count; i++)
        if (!has_table(without, b->tables[i].table))
            *(const struct fingerprint **)memory_append(&dropped, count, sizeof *dropped) =
                &b->tables[i];
    return dropped;
}

/* Whether it came back, with its columns; a finding of the rollback if not. */
static bool all_are_back(struct rehearsal *r, struct check *c, const struct fingerprint **dropped,
                         size_t count)
{
    struct error e = {0};
    struct text missing = {0};
    for (size_t i = 0; i < count && e.kind == ERROR_NONE; i++) {
        const char *const values[] = {dropped[i]->table};
        char *there =
            connection_value(&r->connection, "SELECT to_regclass($1) IS NOT NULL", 1, values, &e);
        if (there && strcmp(there, "t") != 0)
            text_append_format(&missing, "%s%s", missing.length ? ", " : "", values[0]);
        free(there);
    }
    struct evidence evidence = {.remedy = "make the downgrade bring the table back",
                                .found = text_string(&missing)};
    bool good = e.kind == ERROR_NONE && missing.length == 0;
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else if (!good)
        check_finding(r, c, &evidence, "there is no table to put the backup's rows into: %s",
                      text_string(&missing));
    text_release(&missing);
    return good;
}

static bool restore(struct rehearsal *r, struct check *c, const struct taken_backup *b,
                    const struct fingerprint **dropped, size_t count)
{
    const char **names = memory_zeroed(count, sizeof *names);
    const struct backup_options options = options_of(r);
    struct error e = {0};
    for (size_t i = 0; i < count; i++)
        names[i] = dropped[i]->table;
    bool good = count == 0 || backup_restore_rows(b->path, r->url, names, count, &options, &e);
    free(names);
    if (good) {
        check_pass(r, c);
    } else if (e.sqlstate[0] && !error_is_of_server(&e)) {
        struct evidence evidence = {
            .remedy = "make the downgrade recreate the tables as they were, so that their rows fit",
            .sqlstate = e.sqlstate};
        check_finding(r, c, &evidence, "the backup's rows cannot be restored: %s", e.message);
    } else {
        check_error(r, c, &e);
    }
    return good;
}

/* One line on each table whose rows are others now; how many. */
static size_t compare_rows(struct rehearsal *r, const struct fingerprint **dropped, size_t count,
                           struct text *told, struct error *e)
{
    size_t different = 0;
    for (size_t i = 0; i < count && e->kind == ERROR_NONE; i++) {
        struct fingerprint now = {0};
        struct fingerprint_difference difference = {0};
        if (fingerprint_take_again(&r->connection, dropped[i], &now, e))
            fingerprint_compare(dropped[i], &now, &difference);
        if (difference.differs && different++ < most_told) {
            char *line = fingerprint_difference_text(dropped[i], &now, &difference);
            text_append_format(told, "%s%s", told->length ? "; " : "", line);
            free(line);
        }
        fingerprint_difference_release(&difference);
        fingerprint_release(&now);
    }
    if (different > most_told)
        text_append_format(told, "; and %zu more", different - most_told);
    return different;
}

static void judge_rows(struct rehearsal *r, struct check *c, const struct fingerprint **dropped,
                       size_t count)
{
    struct error e = {0};
    struct text told = {0};
    size_t different = compare_rows(r, dropped, count, &told, &e);
    struct evidence evidence = {
        .remedy = "look for what changes inserted rows: a trigger, a default, a generated column"};
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else if (different)
        check_finding(r, c, &evidence, "restored rows are not as they were: %s",
                      text_string(&told));
    else
        check_pass(r, c);
    text_release(&told);
}

static void judge_sequences(struct rehearsal *r, struct check *c, const struct taken_backup *b)
{
    struct error e = {0};
    char *now = connection_value(&r->connection, sequence_query, 0, NULL, &e);
    struct evidence evidence = {
        .expected = b->sequences,
        .found = now,
        .remedy = "set them to where they were, or new rows will get keys that are in use"};
    if (!now)
        check_error(r, c, &e);
    else if (strcmp(now, b->sequences) == 0)
        check_pass(r, c);
    else
        check_finding(r, c, &evidence, "sequences are not where they were");
    free(now);
}

void expect_restored(struct rehearsal *r, const char *backup, const char *without)
{
    step_begin(r, "restore from '%s' the rows of the tables that were dropped", backup);
    struct check *restored =
        step_check(r, "restore", NULL, "the rows of the dropped tables come back from the backup");
    struct check *same = step_check(r, "restore", NULL, "every restored row is as it was");
    struct check *sequences = step_check(r, "restore", NULL, "sequences are where they were");
    if (!step_runs(r))
        return;
    struct error e = {0};
    size_t count = 0;
    const struct remembered *m = remembered_find(r, without, &e);
    const struct taken_backup *b = slot_get(r, &taken_backup, backup);
    if (!m || !b) {
        error_set(&e, ERROR_USAGE, "the scenario never took the backup '%s'", backup);
        check_error(r, restored, &e);
        return;
    }
    const struct fingerprint **dropped = find_dropped(b, &m->snapshot, &count);
    if (all_are_back(r, restored, dropped, count) && restore(r, restored, b, dropped, count)) {
        step_measure_as(r, MEASURE_RESTORED_TABLES, (double)count, 0);
        judge_rows(r, same, dropped, count);
        if (step_runs(r))
            judge_sequences(r, sequences, b);
    }
    free(dropped);
}
