/* note_rows: the rows of every table of the source, as they are at the end, for the certificate. */
#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/certification.h"
#include "rehearsal/rehearsal.h"

static bool is_preserved(const struct suite *suite, const char *name)
{
    for (unsigned i = 0; i < suite->preserved_table_count; i++) {
        char *full = memory_format("public.%s", suite->preserved_tables[i]);
        bool same = strcmp(full, name) == 0;
        free(full);
        if (same)
            return true;
    }
    return false;
}

/* Over the columns that it had at the source, so that the two digests can be compared. */
static bool note_table(struct rehearsal *r, const struct source_table *t,
                       const struct certified_table *columns, struct error *e)
{
    struct certification *certification = r->run->certification;
    struct fingerprint f = {0};
    struct certificate_table *noted = memory_append(
        &certification->tables, &certification->table_count, sizeof *certification->tables);
    noted->name = memory_copy_of(t->name);
    noted->rows = t->rows;
    snprintf(noted->before, sizeof noted->before, "%s", t->digest);
    if (!t->digest[0])
        return true;
    if (!fingerprint_take(&r->connection, t->name, (const char *const *)columns->columns,
                          columns->column_count, &f, e))
        return error_prefix(e, "rows of %s", t->name);
    if (f.state == FINGERPRINT_TAKEN)
        fingerprint_digest(&f, noted->after);
    fingerprint_release(&f);
    return true;
}

void note_rows(struct rehearsal *r)
{
    step_begin(r, "note what became of the source's rows");
    struct check *c = step_check(r, "rows-kept", NULL,
                                 "at the end the rows of the preserved tables are the source's");
    if (!step_runs(r))
        return;
    struct error e = {0};
    struct text others = {0};
    struct certification *certification = r->run->certification;
    const struct source_facts *facts = &certification->source.facts;
    bool from_baseline = strcmp(facts->revision, rehearsal_revision(r, BASELINE)) == 0;
    for (size_t i = 0; i < facts->table_count && e.kind == ERROR_NONE; i++) {
        if (!note_table(r, &facts->tables[i], &certification->columns[i], &e))
            break;
        const struct certificate_table *t = &certification->tables[i];
        if (from_baseline && is_preserved(r->run->ground.suite, t->name) &&
            strcmp(t->before, t->after) != 0)
            text_append_format(&others, "%s%s", others.length ? ", " : "", t->name);
    }
    struct evidence evidence = {.found = text_string(&others),
                                .remedy = "keep every row as it is; restore lost ones from the "
                                          "backup"};
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else if (others.length)
        check_finding(r, c, &evidence, "the rows are not those of the source: %s",
                      text_string(&others));
    else
        check_pass(r, c);
    text_release(&others);
}
