/* given_source and given_copy: what is certified, and the copy that it is rehearsed on. */
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/remove_tree.h"
#include "base/text.h"
#include "ground/migrator_role.h"
#include "ground/run_folder.h"
#include "production/sources/dump_scan.h"
#include "rehearsal/certification.h"
#include "rehearsal/rehearsal.h"

static const size_t most_told = 5; /* violations in the one line of a finding */

/* The major version is part of what is proven: planner, DDL and locks differ between two. */
static void compare_versions(struct rehearsal *r, struct check *c)
{
    const struct run *run = r->run;
    const char *version = run->certification->source.facts.server_version;
    int there = certification_major(version), here = run->ground.server->version / 10000,
        minor = -1;
    struct error e = {0};
    if (!there) {
        certification_note(run, "the version of the source's server is unknown");
    } else if (there != here && !run->certification->any_version) {
        error_set(&e, ERROR_UNAVAILABLE,
                  "the source runs PostgreSQL %s, %s runs %d.%d: that would prove nothing; install "
                  "postgresql-%d (PGREHEARSE_PG_BIN names the folder of its programs), give "
                  "another --server, or accept it with --any-version",
                  version, run->ground.server->display, here, run->ground.server->version % 10000,
                  there);
    } else if (there != here || (sscanf(version, "%*d.%d", &minor) == 1 &&
                                 minor != run->ground.server->version % 10000)) {
        certification_note(run, "the source runs PostgreSQL %s; rehearsed on %d.%d", version, here,
                           run->ground.server->version % 10000);
    }
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else
        check_pass(r, c);
}

void given_source(struct rehearsal *r)
{
    r->on_copy = r->at_scale = true; /* what production holds is production's scale */
    step_begin(r, "given the source");
    struct check *read = step_check(r, "source", NULL, "the source can be read");
    struct check *version =
        step_check(r, "environment", NULL, "the server has the source's major version");
    if (!step_runs(r))
        return;
    check_pass(r, read); /* it was opened before anything was started */
    step_measure_as(r, MEASURE_SOURCE, (double)source_bytes(&r->run->certification->source), 0);
    compare_versions(r, version);
}

static void tell_progress(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct rehearsal *r = context;
    event_progress(r->run->events, r->record, what, (double)done, (double)total);
}

static void tell_notes(const struct run *run, char *notes)
{
    char *rest = notes, *line;
    while ((line = strsep(&rest, "\n")))
        if (*line)
            certification_note(run, "%s", line);
}

/* A dump has none of them, so neither will the copy: the source itself is asked. */
static bool find_invalid_indexes(struct source *source, struct error *e)
{
    if (!source->connection.pg)
        return true;
    PGresult *rows = connection_query(
        &source->connection,
        "SELECT format('invalid index %s on %s', indexrelid::regclass, indrelid::regclass) "
        "FROM pg_index i JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = "
        "c.relnamespace WHERE c.relkind = 'i' AND NOT (indisvalid AND indisready AND indislive) "
        "AND nspname !~ '^pg_' ORDER BY 1",
        0, NULL, e);
    struct backup_violations *v = &source->violations;
    for (int row = 0; rows && row < PQntuples(rows); row++)
        *(char **)memory_append(&v->lines, &v->count, sizeof *v->lines) = memory_format(
            "%s: dumps do not contain it; drop it or REINDEX it", PQgetvalue(rows, row, 0));
    PQclear(rows);
    return rows || error_prefix(e, "the source %s", source->facts.display);
}

/* The source is let go as soon as it is copied: its transaction holds back its VACUUM. */
static bool copy(struct rehearsal *r, struct error *e)
{
    const struct run *run = r->run;
    struct source *source = &run->certification->source;
    char *folder = memory_format("%s/copy", run->ground.folder->path), *notes = NULL;
    mkdir(folder, 0700);
    bool good =
        find_invalid_indexes(source, e) && migrator_role_promote(&run->ground, e) &&
        source_copy(source, run->ground.server, r->database, folder, tell_progress, r, &notes, e);
    good = migrator_role_demote(&run->ground, good ? r->url : NULL, e) && good;
    source_close(source);
    remove_tree(folder);
    tell_notes(run, notes);
    free(notes);
    free(folder);
    return good;
}

static bool note_columns(struct rehearsal *r, struct error *e)
{
    struct certification *certification = r->run->certification;
    const struct source_facts *facts = &certification->source.facts;
    static const char query[] =
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND "
        "NOT attisdropped AND attgenerated = '' ORDER BY attnum";
    for (size_t i = 0; i < facts->table_count; i++) {
        const char *name = facts->tables[i].name;
        PGresult *rows = connection_query(&r->connection, query, 1, &name, e);
        if (!rows)
            return false;
        struct certified_table *table =
            memory_append(&certification->columns, &certification->column_count, sizeof *table);
        table->name = memory_copy_of(name);
        for (int row = 0; row < PQntuples(rows); row++)
            *(char **)memory_append(&table->columns, &table->column_count, sizeof(char *)) =
                memory_copy_of(PQgetvalue(rows, row, 0));
        PQclear(rows);
    }
    return true;
}

/* Other versions of an extension than the source has are a note: it says what was rehearsed. */
static void compare_extensions(struct rehearsal *r, struct check *c)
{
    struct error e = {0};
    PGresult *rows = connection_query(
        &r->connection, "SELECT extname, extversion FROM pg_extension ORDER BY 1", 0, NULL, &e);
    if (!rows) {
        check_error(r, c, &e);
        return;
    }
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *extension = PQgetvalue(rows, row, 0), *here = PQgetvalue(rows, row, 1);
        char *name = memory_format("extension.%s", extension);
        const char *there = certification_fact(r->run->certification, name);
        if (there && strcmp(there, here) != 0)
            certification_note(r->run, "extension %s is %s at the source, rehearsed with %s",
                               extension, there, here);
        free(name);
    }
    PQclear(rows);
    check_pass(r, c);
}

static void measure_rows(struct rehearsal *r)
{
    const struct source_facts *facts = &r->run->certification->source.facts;
    double rows = 0;
    for (size_t i = 0; i < facts->table_count; i++)
        rows += (double)facts->tables[i].rows;
    step_measure_as(r, MEASURE_TABLES, (double)facts->table_count, 0);
    step_measure_as(r, MEASURE_ROWS, rows, 0);
}

/* The rows of the source violate its own schema: no dump of it can be restored as it is. */
static void judge_violations(struct rehearsal *r, struct check *c)
{
    const struct backup_violations *v = &r->run->certification->source.violations;
    if (v->count == 0) {
        check_pass(r, c);
        return;
    }
    struct text lines = {0}, few = {0};
    for (size_t i = 0; i < v->count; i++) {
        text_append_format(&lines, "%s%s", i ? "\n" : "", v->lines[i]);
        if (i < most_told)
            text_append_format(&few, "%s%s", i ? "; " : "", v->lines[i]);
    }
    if (v->count > most_told)
        text_append_format(&few, "; and %zu more", v->count - most_told);
    struct evidence evidence = {.found = text_string(&lines),
                                .remedy =
                                    "fix it: no backup of this database can be restored as it is"};
    check_finding(r, c, &evidence, "%s", text_string(&few));
    text_release(&few);
    text_release(&lines);
}

/*
 * The migrator acts as the role that owns the tables, as it does in production: what a rollback
 * makes again would have another owner otherwise. PostgreSQL manual, 34.1.2, `options`: in it a
 * backslash stands before a blank.
 */
static void act_as_owner(struct rehearsal *r)
{
    const char *role = r->run->certification->source.facts.acting_role;
    if (!role)
        return;
    struct text url = {0};
    text_append_format(&url, "%s%coptions=-c%%20role%%3D", r->migrator_url,
                       strchr(r->migrator_url, '?') ? '&' : '?');
    for (const char *p = role; *p; p++)
        text_append_format(&url, "%s%%%02X", *p == ' ' || *p == '\\' ? "%5C" : "",
                           (unsigned)(unsigned char)*p);
    free(r->migrator_url);
    r->migrator_url = text_detach(&url);
    certification_note(r->run, "the migrator acts as %s, which owns the tables", role);
}

/* Rows that let no copy be made are a finding; whatever else did not, an error. */
static void tell_no_copy(struct rehearsal *r, struct check *c, const struct error *e)
{
    if (r->run->certification->source.violations.count && e->kind != ERROR_INTERRUPTED) {
        judge_violations(r, c);
        rehearsal_latch(r, "not run: %s", e->message);
    } else {
        check_error(r, c, e);
    }
}

/*
 * The copy is made in the encoding of the source, where that is not the usual one: what the one
 * converts, the other may not.
 */
static void take_encoding(const struct run *run)
{
    struct database_form *form = &run->ground.server->form;
    const struct certification *c = run->certification;
    const char *encoding =
        c->source.facts.is_dump ? c->source.scan->encoding : certification_fact(c, "encoding");
    if (encoding && strcmp(encoding, "UTF8") != 0 && !form->encoding)
        database_form_set(form, encoding, form->locale);
}

void given_copy(struct rehearsal *r)
{
    step_begin(r, "given a copy of the source");
    struct check *made = step_check(r, "production-copy", NULL,
                                    "the copy has the source's schema and all of its rows");
    struct check *holds = step_check(r, "source-holds", NULL,
                                     "the source's rows satisfy its own constraints and indexes");
    struct check *extensions =
        step_check(r, "environment", NULL, "the copy has the source's extensions");
    if (!step_runs(r))
        return;
    struct error e = {0};
    take_encoding(r->run);
    if (!rehearsal_make_database(r, NULL, &e) || !copy(r, &e) ||
        !connection_open(&r->connection, r->url, r->run->ground.cancel, &e) ||
        !cluster_leave(r->run->ground.cluster, NULL, r->database, false, &e) ||
        !note_columns(r, &e)) {
        tell_no_copy(r, made, &e);
        return;
    }
    r->run->certification->copied = true;
    check_pass(r, made);
    act_as_owner(r);
    judge_violations(r, holds);
    measure_rows(r);
    compare_extensions(r, extensions);
}
