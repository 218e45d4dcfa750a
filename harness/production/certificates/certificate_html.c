#include "production/certificates/certificate_html.h"

#include "base/whole_file.h"
#include "reports/evidence.h"
#include "reports/figure.h"
#include "reports/html_part.h"

/* What a certificate needs beyond report.html: marks of the checklist, digests, a line to sign. */
static const char style[] =
    ".done{color:var(--good)}.person{color:var(--ink)}\n"
    "section h3{margin:1.1rem 0 .2rem}article h3{margin:0}\n"
    ".facts table{table-layout:fixed}.facts thead th:first-child{width:28%}\n"
    ".facts td,.digest{overflow-wrap:anywhere}\n"
    ".lines table{table-layout:fixed}.lines thead th{width:33%}\n"
    ".lines thead th:nth-child(2){width:6.5rem}\n"
    ".digest{font:.82rem/1.45 ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
    "word-break:break-all}\n"
    "ol.history{margin:.3rem 0;padding-left:1.4rem}\n"
    ".sign{display:flex;flex-wrap:wrap;gap:2.5rem 2rem;margin-top:4rem;break-inside:avoid}\n"
    ".sign p{flex:1 1 10rem;border-top:1px solid var(--ink);padding-top:.3rem}\n"
    "@media (max-width:40rem){.facts thead th:first-child{width:34%}}\n"
    "@page{size:A4;margin:16mm 15mm}\n"
    "@media print{.table{overflow:visible}h2{margin-top:1.5rem}"
    "th,td{padding-top:.2rem;padding-bottom:.2rem}.sign{margin-top:3rem}}\n";

static void open_section(struct text *t, const char *title)
{
    text_append_format(t, "<section>\n<h2>%s</h2>\n", title);
}

static void close_section(struct text *t)
{
    text_append(t, "</section>\n");
}

static void append_digest(struct text *t, const char *name, const char *digest)
{
    text_append(t, "<tr>");
    html_append_heading_cell(t, name);
    text_append(t, "<td class=\"digest\">");
    html_append_line(t, digest && *digest ? digest : "–");
    text_append(t, "</td></tr>\n");
}

static void open_facts(struct text *t)
{
    text_append(t, "<div class=\"facts\">");
    html_begin_table(t, "Fact|Value");
}

static void close_boxed(struct text *t)
{
    html_end_table(t);
    text_append(t, "</div>\n");
}

static void append_counted(struct text *t, const struct certificate *c)
{
    size_t states[CHECKLIST_PERSON + 1] = {0};
    for (size_t i = 0; i < c->checklist_count; i++)
        states[c->checklist[i].state]++;
    text_append(t, "<p class=\"soft\">");
    verdict_append_run(t, c->record);
    if (c->checklist_count)
        text_append_format(t,
                           ". Checklist: %zu done, %zu rehearsed on the copy, %zu failed, %zu left "
                           "to a person",
                           states[CHECKLIST_DONE], states[CHECKLIST_REHEARSED],
                           states[CHECKLIST_FAILED], states[CHECKLIST_PERSON]);
    text_append(t, ".</p>\n");
}

static void append_head(struct text *t, const struct certificate *c)
{
    static const char *const sentences[] = {
        [VERDICT_PASSED] = "Every check ran and passed on a copy of the database named below. This "
                           "is valid only for these migrations and this state.",
        [VERDICT_FINDINGS] = "Do not deploy this migration: at least one check failed. What is "
                             "wrong, and what to do, is listed below.",
        [VERDICT_UNCHECKED] = "Not everything could be checked, so this certifies nothing."};
    enum verdict verdict = verdict_of_run(c->record);
    struct text title = {0};
    text_append_format(&title, "Certificate of %s: %s", c->ground.suite ? c->ground.suite : "",
                       verdict_name(verdict));
    html_begin_page(t, text_string(&title), style);
    text_release(&title);
    html_begin_header(t, verdict);
    text_append(t, "<p class=\"soft\">Certificate of ");
    html_append_line(t, c->ground.suite);
    text_append(t, ", from ");
    html_append_line(t, c->ground.baseline);
    text_append(t, " to ");
    html_append_line(t, c->ground.target);
    text_append(t, " with ");
    html_append_line(t, c->ground.migrator);
    text_append(t, "</p>\n<h1>");
    html_append_verdict(t, verdict);
    text_append_format(t, "</h1>\n<p>%s</p>\n", sentences[verdict]);
    append_counted(t, c);
    html_append_run_error(t, c->record);
    text_append(t, "</header>\n");
}

static void append_named_values(struct text *t, const char *prefix, const struct circumstance *list,
                                size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text name = {0};
        text_append_format(&name, "%s %s", prefix, list[i].name);
        html_append_fact(t, text_string(&name), list[i].value);
        text_release(&name);
    }
}

static void append_lines(struct text *t, const char *kind, const char *title, char *const *list,
                         size_t count)
{
    if (count == 0)
        return;
    text_append_format(t, "<h3>%s</h3>\n<%s class=\"history\">\n", title, kind);
    for (size_t i = 0; i < count; i++) {
        text_append(t, "<li>");
        html_append_line(t, list[i]);
        text_append(t, "</li>\n");
    }
    text_append_format(t, "</%s>\n", kind);
}

static void append_ground(struct text *t, const struct certificate *c)
{
    const struct certificate_ground *g = &c->ground;
    const struct certificate_source *s = &c->source;
    struct text size = {0};
    if (s->bytes)
        figure_append(&size, (double)s->bytes, "bytes");
    open_section(t, "What was certified, on what");
    open_facts(t);
    html_append_fact(t, "suite", g->suite);
    html_append_fact(t, "migrator", g->migrator);
    html_append_fact(t, "its version", g->migrator_version);
    html_append_fact(t, "from revision", c->ground.baseline);
    html_append_fact(t, "to revision", c->ground.target);
    html_append_fact(t, s->is_dump ? "dump" : "source", s->display);
    html_append_fact(t, "database", g->database);
    html_append_fact(t, "its revision", g->revision);
    html_append_fact(t, "copied", s->taken_at);
    html_append_fact(t, "size", text_string(&size));
    html_append_fact(t, "its server", g->server_version);
    html_append_fact(t, "its cluster", g->system_identifier);
    html_append_fact(t, "rehearsed on", s->rehearsed);
    append_named_values(t, "extension", g->extensions, g->extension_count);
    append_named_values(t, "setting", s->settings, s->setting_count);
    html_append_fact(t, "made", c->made_at);
    html_append_fact(t, "by", c->made_by);
    close_boxed(t);
    text_release(&size);
    append_lines(t, "ul", "What to know about the copy", s->notes, s->note_count);
    append_lines(t, "ol", "The migrator's history", c->chain, c->chain_count);
    close_section(t);
}

static bool same_part(const struct checklist_line *a, const struct checklist_line *b)
{
    return strcmp(a->part ? a->part : "", b->part ? b->part : "") == 0;
}

static void append_checklist(struct text *t, const struct certificate *c)
{
    static const char *const looks[] = {[CHECKLIST_DONE] = "done\">☑ done",
                                        [CHECKLIST_REHEARSED] = "person\">☐ rehearsed",
                                        [CHECKLIST_FAILED] = "failed\">✗ failed",
                                        [CHECKLIST_PERSON] = "person\">☐ to do"};
    if (c->checklist_count == 0)
        return;
    open_section(t, "Deployment checklist");
    for (size_t i = 0; i < c->checklist_count; i++) {
        const struct checklist_line *line = &c->checklist[i];
        if (i == 0 || !same_part(line - 1, line)) {
            if (i)
                close_boxed(t);
            if (line->part) {
                text_append(t, "<h3>");
                html_append_line(t, line->part);
                text_append(t, "</h3>\n");
            }
            text_append(t, "<div class=\"lines\">");
            html_begin_table(t, "Line|State|Note");
        }
        text_append(t, "<tr>");
        html_append_heading_cell(t, line->text);
        text_append_format(t, "<td><span class=\"word %s</span></td>", looks[line->state]);
        html_append_cell(t, line->note);
        text_append(t, "</tr>\n");
    }
    close_boxed(t);
    close_section(t);
}

static void append_requirements(struct text *t, const struct run_record *r)
{
    struct requirement_matrix m;
    requirement_matrix_init(&m, r);
    if (m.count) {
        open_section(t, "Requirements");
        html_begin_table(t, "Requirement|What it says|Status|#Checks passed");
    }
    for (size_t i = 0; i < m.count; i++) {
        const struct requirement *row = &m.rows[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, row->id);
        html_append_cell(t, row->text);
        size_t passed = row->outcomes[OUTCOME_PASSED];
        size_t others = row->outcomes[OUTCOME_FINDING] + row->outcomes[OUTCOME_ERROR] +
                        row->outcomes[OUTCOME_NOT_RUN];
        text_append(t, "<td>");
        html_append_proof(t, row->proof);
        text_append_format(t, "</td><td class=\"number\">%zu of %zu</td></tr>\n", passed,
                           passed + others);
    }
    if (m.count) {
        html_end_table(t);
        close_section(t);
    }
    requirement_matrix_release(&m);
}

/* A digest at the end is "" for a table that is gone; where none was taken, so are all. */
static const char *change(const struct certificate_table *row, bool ended)
{
    return !ended                                 ? ""
           : !*row->after                         ? "the table is gone"
           : strcmp(row->before, row->after) == 0 ? "every row as it was"
                                                  : "other rows";
}

static void append_tables(struct text *t, const struct certificate *c)
{
    bool ended = false;
    if (c->table_count == 0)
        return;
    for (size_t i = 0; i < c->table_count; i++)
        ended = ended || *c->tables[i].after;
    open_section(t, "Rows, and what became of them");
    html_begin_table(t, "Table|#Rows|Fingerprint at the start|At the end");
    for (size_t i = 0; i < c->table_count; i++) {
        const struct certificate_table *row = &c->tables[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, row->name);
        html_append_value_cell(t, (double)row->rows, "");
        text_append(t, "<td class=\"digest\">");
        html_append_line(t, *row->before ? row->before : "its rows were not copied");
        text_append(t, "</td>");
        html_append_cell(t, change(row, ended));
        text_append(t, "</tr>\n");
    }
    html_end_table(t);
    close_section(t);
}

static void append_durations(struct text *t, const struct certificate *c)
{
    open_section(t, "Durations");
    html_begin_table(t, "What|Outcome|#Time");
    if (c->upgrade_seconds > 0) {
        text_append(t, "<tr>");
        html_append_heading_cell(t, "the longest upgrade");
        text_append(t, "<td></td>");
        html_append_duration_cell(t, c->upgrade_seconds);
        text_append(t, "</tr>\n");
    }
    for (size_t i = 0; i < c->record->scenario_count; i++) {
        const struct scenario_record *s = &c->record->scenarios[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, s->name);
        text_append(t, "<td>");
        html_append_verdict(t, verdict_of_scenario(s));
        text_append(t, "</td>");
        html_append_duration_cell(t, s->seconds);
        text_append(t, "</tr>\n");
    }
    text_append(t, "<tr>");
    html_append_heading_cell(t, "the whole certification");
    text_append(t, "<td></td>");
    html_append_duration_cell(t, c->seconds);
    text_append(t, "</tr>\n");
    html_end_table(t);
    close_section(t);
}

static void append_complaints(struct text *t, const struct run_record *r)
{
    size_t not_run = record_count_outcome(r, OUTCOME_NOT_RUN);
    open_section(t, "Findings");
    if (verdict_of_run(r) == VERDICT_PASSED)
        text_append(t, "<p>None.</p>\n");
    html_append_complaints(t, r, false);
    if (not_run) {
        text_append(t, "<p>");
        figure_append_count(t, not_run, "check");
        text_append(t, " did not run and therefore did not pass.</p>\n");
    }
    close_section(t);
}

static void append_digests(struct text *t, const struct certificate *c)
{
    open_section(t, "Digests (SHA-256)");
    text_append(t, "<div class=\"facts\">");
    html_begin_table(t, "Of|Digest");
    for (size_t i = 0; i < c->ground.file_count; i++)
        append_digest(t, c->ground.files[i].path, c->ground.files[i].sha256);
    append_digest(t, "the suite", c->ground.suite_digest);
    append_digest(t, "the schema", c->ground.schema_digest);
    close_boxed(t);
    text_append(t, "<p class=\"soft\">pgrehearse verify certificate.json checks whether they still "
                   "match.</p>\n");
    close_section(t);
    text_append(t, "<div class=\"sign\"><p>Approved by</p><p>Date</p><p>Signature</p></div>\n");
    html_end_page(t, c->version, c->id);
}

bool certificate_html_write(const char *path, const struct certificate *c, struct error *e)
{
    struct text t = {0};
    append_head(&t, c);
    append_ground(&t, c);
    append_checklist(&t, c);
    append_requirements(&t, c->record);
    append_tables(&t, c);
    append_durations(&t, c);
    append_complaints(&t, c->record);
    append_digests(&t, c);
    bool good = whole_file_write(path, text_string(&t), t.length, e);
    text_release(&t);
    return good;
}
