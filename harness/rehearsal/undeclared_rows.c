#include "rehearsal/undeclared_rows.h"

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/approved_revision.h"
#include "rehearsal/target_revision.h"
#include "rehearsal/way_back.h"
#include "schema/data_compare.h"

enum { MOST_TOLD = 8 }; /* changes in the one line of a finding */

static bool compare(struct rehearsal *r, const struct remembered *from, struct connection *to,
                    struct data_changes *changes, struct error *e)
{
    const struct suite_migrator *m = r->run->ground.migrator.definition;
    return data_compare(&from->copy->connection, to, from->copy->since,
                        (const char *const *)m->tables, m->table_count, changes, e);
}

bool undeclared_rows_differ(struct rehearsal *r, const struct remembered *from,
                            struct connection *to, struct error *e)
{
    struct data_changes changes = {0};
    bool differ = compare(r, from, to, &changes, e) && changes.count > 0;
    data_changes_release(&changes);
    return differ;
}

bool undeclared_rows_can_be_undone(struct rehearsal *r, const struct remembered *from,
                                   struct connection *to, struct error *e)
{
    struct data_changes changes = {0};
    bool can = false;
    if (compare(r, from, to, &changes, e))
        for (size_t i = 0; i < changes.count; i++)
            can = can || changes.items[i].kind == DATA_ROWS_INSERTED ||
                  changes.items[i].kind == DATA_VALUES_CHANGED;
    data_changes_release(&changes);
    return can;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const struct data_change *find(const struct data_changes *changes,
                                      enum data_change_kind kind, const char *table,
                                      const char *column)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct data_change *c = &changes->items[i];
        if (c->kind == kind && same(c->table, table) && same(c->column, column))
            return c;
    }
    return NULL;
}

/* Whether the upgrade had done this already, so that the rollback cannot be blamed for it. */
static bool was_done_before(const struct data_change *c, const struct data_changes *upgrade)
{
    if (c->kind == DATA_ROWS_INSERTED)
        return false; /* what the upgrade inserted, the rollback has to take out again */
    if (find(upgrade, DATA_TABLE_DROPPED, c->table, NULL))
        return true;
    if (c->column && (find(upgrade, DATA_COLUMN_DROPPED, c->table, c->column) ||
                      find(upgrade, DATA_VALUES_CHANGED, c->table, c->column) ||
                      find(upgrade, DATA_VALUES_FILLED, c->table, c->column)))
        return true;
    return find(upgrade, c->kind, c->table, c->column) != NULL;
}

/* Whether a table of this name has the column (NULL: is there) in the database of `m`. */
static bool was_there(const struct remembered *m, const char *table, const char *column,
                      struct error *e)
{
    const char *const values[] = {table, column};
    char *count =
        connection_value(&m->copy->connection,
                         "SELECT count(*) FROM pg_attribute WHERE attrelid = "
                         "to_regclass($1) AND NOT attisdropped AND attnum > 0 AND ($2::text "
                         "IS NULL OR quote_ident(attname) = $2)",
                         2, values, e);
    bool there = count && strcmp(count, "0") != 0;
    free(count);
    return there;
}

/*
 * Whether it may come out otherwise each time: values of a column, values and keys of rows, that
 * the upgrade made, by chance or by the clock. `since_first` says what became of the other rows.
 */
static bool comes_about_anew(const struct data_change *c, const struct data_changes *changes,
                             const struct data_changes *since_first, const struct remembered *first,
                             struct error *e)
{
    const struct data_change *made = find(since_first, DATA_ROWS_INSERTED, c->table, NULL);
    if (c->column && made && c->rows <= made->rows &&
        !find(since_first, DATA_VALUES_CHANGED, c->table, c->column) &&
        !find(since_first, DATA_VALUES_FILLED, c->table, c->column))
        return true;
    const struct data_change *deleted = find(changes, DATA_ROWS_DELETED, c->table, NULL);
    const struct data_change *inserted = find(changes, DATA_ROWS_INSERTED, c->table, NULL);
    if (!c->column && deleted && inserted && deleted->rows == inserted->rows)
        return true;
    return !was_there(first, c->table, c->column, e);
}

struct rows_judgement {
    struct rehearsal *r;
    struct check *check;
    const struct remembered *then, *first, *last; /* of what the scenario remembered */
    struct data_changes changes;                  /* since `then` */
    struct text sentences, lines;
    size_t count;
    const struct data_change *first_blamed; /* one of `changes`; NULL: none of them */
    const char *remedy;
};

static bool is_after_rollback(const struct rows_judgement *j)
{
    return j->then == j->first && j->last != j->first;
}

static void blame(struct rows_judgement *j, const char *sentence)
{
    if (j->count++ < MOST_TOLD)
        text_append_format(&j->sentences, "%s%s", j->count > 1 ? "; " : "", sentence);
    text_append_format(&j->lines, "%s\n", sentence);
}

static void blame_change(struct rows_judgement *j, const struct data_change *change)
{
    char *sentence = data_change_sentence(change);
    if (!j->count)
        j->first_blamed = change;
    blame(j, sentence);
    free(sentence);
}

/* What is lost with its table or column, after a rollback the check of the schema says. */
static bool is_of_schema(const struct data_change *c)
{
    return c->kind == DATA_TABLE_DROPPED || c->kind == DATA_COLUMN_DROPPED;
}

static void judge_rollback(struct rows_judgement *j, struct error *e)
{
    struct data_changes upgrade = {0};
    struct connection *migrated = &j->last->copy->connection;
    if (!compare(j->r, j->first, migrated, &upgrade, e))
        return;
    for (size_t i = 0; i < j->changes.count; i++)
        if (!is_of_schema(&j->changes.items[i]) && !was_done_before(&j->changes.items[i], &upgrade))
            blame_change(j, &j->changes.items[i]);
    data_changes_release(&upgrade);
    j->remedy = "make the downgrade undo what the upgrade did to these rows, and nothing else";
}

static void judge_repeat(struct rows_judgement *j, struct error *e)
{
    struct data_changes since_first = {0};
    bool repeated = j->first != j->then && j->changes.count;
    if (repeated && !compare(j->r, j->first, &j->r->connection, &since_first, e))
        return;
    for (size_t i = 0; i < j->changes.count && e->kind == ERROR_NONE; i++)
        if (!repeated ||
            (!is_of_schema(&j->changes.items[i]) &&
             !comes_about_anew(&j->changes.items[i], &j->changes, &since_first, j->first, e)))
            blame_change(j, &j->changes.items[i]);
    data_changes_release(&since_first);
    j->remedy = "make the migration do the same each time";
}

static void judge_approved(struct rows_judgement *j, const struct expectation *x, const char *path)
{
    size_t count;
    for (size_t i = 0; i < j->changes.count; i++)
        if (!expectation_allows(x, &j->changes.items[i]))
            blame_change(j, &j->changes.items[i]);
    char **missing = expectation_missing(x, &j->changes, &count);
    for (size_t i = 0; i < count; i++) {
        char *sentence = memory_format("%s is approved but did not happen: %s", path, missing[i]);
        blame(j, sentence);
        free(sentence);
        free(missing[i]);
    }
    free(missing);
    j->remedy = "fix the migration; if the change is intended, run once with --approve, read the "
                "file that it writes, and commit it";
}

static void judge_losses(struct rows_judgement *j)
{
    for (size_t i = 0; i < j->changes.count; i++)
        if (data_change_is_loss(j->changes.items[i].kind))
            blame_change(j, &j->changes.items[i]);
    j->remedy = "keep these rows and values; if the loss is intended, run once with --approve, "
                "read the file that it writes, and commit it";
}

static void judge_upgrade(struct rows_judgement *j, struct error *e)
{
    struct approved_revision approved;
    if (j->r->run->approve) {
        approved_revision_write(j->r, &j->then->snapshot, &j->changes, e);
        return;
    }
    if (!approved_revision_read(j->r->run->ground.suite, &approved, e))
        return;
    if (approved.is_there)
        judge_approved(j, &approved.expectation, approved.path);
    else
        judge_losses(j);
    approved_revision_release(&approved);
}

/* The file that did it, with the line that names what was blamed first; to be freed. */
static char *place_of(const struct rows_judgement *j, unsigned *line)
{
    const struct data_change *change = j->first_blamed;
    const struct named named = {change ? change->table : NULL, change ? change->column : NULL};
    return target_revision_place(j->r, is_after_rollback(j), &named, true, line);
}

static void conclude(struct rows_judgement *j, const struct error *e)
{
    unsigned line;
    char *file = place_of(j, &line);
    struct evidence evidence = {
        .remedy = j->remedy, .found = text_string(&j->lines), .file = file, .line = line};
    if (e->kind == ERROR_NONE && j->count)
        way_back_blame(j->r, SIGN_ROWS_DIFFER, &evidence);
    if (e->kind != ERROR_NONE)
        check_error(j->r, j->check, e);
    else if (!j->count)
        check_pass(j->r, j->check);
    else if (j->count > MOST_TOLD)
        check_finding(j->r, j->check, &evidence, "%s; and %zu more", text_string(&j->sentences),
                      j->count - MOST_TOLD);
    else
        check_finding(j->r, j->check, &evidence, "%s", text_string(&j->sentences));
    free(file);
    text_release(&j->sentences);
    text_release(&j->lines);
    data_changes_release(&j->changes);
}

static void judge(struct rows_judgement *j)
{
    struct rehearsal *r = j->r;
    struct error e = {0};
    if (compare(r, j->then, &r->connection, &j->changes, &e)) {
        step_measure_as(r, MEASURE_COMPARED_TABLES, (double)j->changes.tables, 0);
        step_measure_as(r, MEASURE_COMPARED_ROWS, (double)j->changes.rows, 0);
        if (is_after_rollback(j))
            judge_rollback(j, &e);
        else if (j->then->commands == 0)
            judge_upgrade(j, &e);
        else
            judge_repeat(j, &e);
    }
    conclude(j, &e);
}

void judge_undeclared_rows(struct rehearsal *r, const char *then)
{
    struct rows_judgement j = {.r = r};
    struct error e = {0};
    j.check = step_check(r, "rows-kept", NULL, "no row and no value of '%s' is lost", then);
    if (!step_runs(r))
        return;
    j.then = remembered_find(r, then, &e);
    if (!j.then) {
        check_error(r, j.check, &e);
        return;
    }
    j.first = remembered_first(r);
    j.last = remembered_last(r);
    judge(&j);
}
