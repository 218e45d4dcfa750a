#include "commands/manual.h"

#include <string.h>

#include "base/memory.h"
#include "base/whole_file.h"
#include "commands/command.h"
#include "commands/roff.h"
#include "migrate/usage.h"
#include "reports/reporter.h"
#include "suite/suite_schema.h"

static void append_name(struct text *t, const char *name, const char *summary)
{
    char *line = memory_format("%s - %s", name, summary);
    roff_section(t, "NAME");
    roff_paragraphs(t, line);
    free(line);
}

static bool write_page(struct text *t, const char *folder, const char *name, const char *section,
                       struct error *e)
{
    char *path = memory_format("%s/%s.%s", folder, name, section);
    bool good = whole_file_write(path, text_string(t), t->length, e);
    free(path);
    text_release(t);
    return good;
}

static void append_exit_codes(struct text *t)
{
    roff_section(t, "EXIT STATUS");
    for (int i = 0; exit_code_meanings[i]; i++) {
        char code[2] = {(char)('0' + i), '\0'};
        roff_entry(t, code, NULL, exit_code_meanings[i]);
    }
}

static void append_options(struct text *t, const struct option_spec *options)
{
    bool reports = false;
    roff_section(t, "OPTIONS");
    for (const struct option_spec *o = options; o->name; o++) {
        char *name = memory_format("--%s%s", o->name, o->argument ? "=" : "");
        roff_entry(t, name, o->argument, o->help);
        reports = reports || strcmp(o->name, "report") == 0;
        free(name);
    }
    roff_entry(t, "-h, --help", NULL, "print the options and exit");
    if (!reports)
        return;
    roff_section(t, "REPORTS");
    for (const struct reporter *const *r = reporter_table; *r; r++)
        roff_entry(t, (*r)->name, NULL, (*r)->summary);
}

static bool write_command(const struct command *c, const char *folder, struct error *e)
{
    struct text t = {0};
    char *name = memory_format("pgrehearse-%s", c->name);
    char *program = memory_format("pgrehearse %s", c->name);
    char *more = memory_format("The page docs/%s.md of the documentation says more.", c->page);
    roff_title(&t, name, "1");
    append_name(&t, name, c->summary);
    roff_synopsis(&t, program, c->synopsis);
    roff_section(&t, "DESCRIPTION");
    roff_paragraphs(&t, c->description);
    append_options(&t, c->options);
    append_exit_codes(&t);
    roff_section(&t, "SEE ALSO");
    roff_see_also(&t, "pgrehearse 1 pgrehearse-migrate 1 suite.yaml 5");
    text_append(&t, ".PP\n");
    roff_paragraphs(&t, more);
    bool good = write_page(&t, folder, name, "1", e);
    free(more);
    free(program);
    free(name);
    return good;
}

static bool write_program(const char *folder, struct error *e)
{
    struct text t = {0}, pages = {0};
    roff_title(&t, "pgrehearse", "1");
    append_name(&t, "pgrehearse", "rehearse PostgreSQL migrations on throwaway databases");
    roff_synopsis(&t, "pgrehearse", "COMMAND [ARGUMENT...]");
    roff_section(&t, "DESCRIPTION");
    roff_paragraphs(
        &t,
        "Runs a PostgreSQL migration on throwaway databases, in every way it can go wrong, before "
        "production sees it. It drives the real migrator from outside, checks what changed and "
        "what did not, and measures what the migration costs.\n"
        "A database that pgrehearse did not create is only read, except for the one that deploy "
        "migrates, the one that generate fills, and the one that keeps a shared history.");
    roff_section(&t, "COMMANDS");
    for (const struct command *c = command_table; c->name; c++) {
        roff_entry(&t, c->name, NULL, c->summary);
        text_append_format(&pages, "pgrehearse-%s 1 ", c->name);
    }
    roff_entry(&t, "help", " COMMAND", "print the arguments of a command");
    append_exit_codes(&t);
    roff_section(&t, "ENVIRONMENT");
    roff_entry(&t, "NO_COLOR", NULL, "if set, nothing is coloured");
    roff_entry(&t, "TMPDIR", NULL, "where the embedded server and the run's own files are");
    roff_section(&t, "FILES");
    roff_entry(&t, "pgrehearse.yaml", NULL,
               "in a project: keys of suite.yaml, all of them optional");
    roff_entry(&t, "rehearsal/", NULL, "the reports, unless --output names another folder");
    roff_section(&t, "SEE ALSO");
    text_append(&pages, "pgrehearse-migrate 1 suite.yaml 5");
    roff_see_also(&t, text_string(&pages));
    text_release(&pages);
    return write_page(&t, folder, "pgrehearse", "1", e);
}

static bool write_migrate(const char *folder, struct error *e)
{
    struct text t = {0};
    const char *more = strchr(migrate_documentation, '\v');
    char *first = memory_format("%.*s", (int)(more - migrate_documentation), migrate_documentation);
    roff_title(&t, "pgrehearse-migrate", "1");
    append_name(&t, "pgrehearse-migrate", "run a folder of SQL revisions");
    roff_synopsis(&t, "pgrehearse-migrate", migrate_synopsis);
    roff_section(&t, "DESCRIPTION");
    roff_paragraphs(&t, first);
    text_append(&t, ".PP\n");
    roff_paragraphs(&t, more + 1);
    roff_section(&t, "OPTIONS");
    for (const struct argp_option *o = migrate_options; o->name; o++) {
        char *name = memory_format("-%c, --%s%s", o->key, o->name, o->arg ? "=" : "");
        roff_entry(&t, name, o->arg, o->doc);
        free(name);
    }
    roff_section(&t, "SEE ALSO");
    roff_see_also(&t, "pgrehearse 1");
    free(first);
    return write_page(&t, folder, "pgrehearse-migrate", "1", e);
}

static bool write_suite(const char *folder, struct error *e)
{
    struct text t = {0};
    roff_title(&t, "suite.yaml", "5");
    append_name(&t, "suite.yaml", "what a suite of pgrehearse demands of a migration");
    roff_section(&t, "DESCRIPTION");
    roff_paragraphs(
        &t,
        "A suite is a folder with a suite.yaml. Paths in it are relative to that folder. The file "
        "pgrehearse.yaml in a project has the same keys, and every one of them is optional there. "
        "Unknown keys are refused, with the line and the nearest key.\n"
        "The page docs/suite.md of the documentation explains each key, with examples.");
    roff_section(&t, "KEYS");
    roff_keys(&t, &suite_schema, "suite");
    roff_section(&t, "SEE ALSO");
    roff_see_also(&t, "pgrehearse 1 pgrehearse-run 1");
    return write_page(&t, folder, "suite.yaml", "5", e);
}

bool manual_write(const char *folder, struct error *e)
{
    bool good = write_program(folder, e) && write_migrate(folder, e) && write_suite(folder, e);
    for (const struct command *c = command_table; good && c->name; c++)
        good = write_command(c, folder, e);
    return good;
}
