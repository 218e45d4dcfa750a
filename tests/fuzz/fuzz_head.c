/*
 * What SQL files say of themselves: lines that begin a section, refuse a transaction, enclose a
 * statement, or describe the revision, in any order and nearly right, for every layout that is
 * shipped. Each statement that is cut out begins in its line of the file.
 */
#include "choices.h"
#include "part_check.h"

#include <dirent.h>
#include <stdio.h>

#include "base/text.h"
#include "migrate/file_place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_LAYOUTS = 40 };

static struct layout layouts[MOST_LAYOUTS];
static size_t layout_count;

static void load_layouts(void)
{
    static const char folder[] = FUZZ_SOURCE_DIRECTORY "/../../fixtures/layouts";
    struct dirent **entries = NULL;
    int count = layout_count ? 0 : scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char *path = memory_format("%s/%s", folder, entries[i]->d_name);
        struct error e = {0};
        if (strstr(path, ".yaml") && layout_count < MOST_LAYOUTS &&
            !layout_read(&layouts[layout_count++], path, &e))
            abort();
        free(path);
        free(entries[i]);
    }
    free(entries);
    if (!layout_count)
        abort();
}

static const char *const lines[] = {
    "-- +goose Up",
    "-- +goose Down",
    "-- +goose StatementBegin",
    "-- +goose StatementEnd",
    "-- +goose NO TRANSACTION",
    "-- +goose ENVSUB ON",
    "-- migrate:up",
    "-- migrate:down",
    "-- migrate:up transaction:false",
    "-- migrate:down transaction:false",
    "-- +migrate Up",
    "-- +migrate Down",
    "-- +migrate Up notransaction",
    "-- +migrate StatementBegin",
    "-- +migrate StatementEnd",
    "-- no-transaction",
    "--! no-transaction",
    "-- morph:nontransactional",
    "--> statement-breakpoint",
    "-- Disable transaction",
    "executeInTransaction=false",
    "-- revision: 002",
    "-- parent: 001",
    "-- message: what it does",
    "-- down",
    "-- step: 1/2 Checking prerequisites...",
    "BEGIN;",
    "COMMIT;",
    "CREATE INDEX CONCURRENTLY i ON t (a);",
    "CREATE TABLE t (a int);",
    "SELECT ';';",
    "SELECT $$ ; $$;",
    "DO $x$",
    "$x$;",
    "/*",
    "*/",
    "\\connect other",
    "COPY t FROM STDIN;",
    "\\.",
    "ALTER TYPE e ADD VALUE 'a';",
    "VACUUM;",
    "",
};

static const char *const ends[] = {"\n", "\n", "\n", "\r\n", " \n", ";\n", "", "\t\n"};

/* A line of the table as it is, or in other letters, with something before it, cut, or raw. */
static void put_line(struct text *t, struct choices *c)
{
    const char *line = lines[choices_byte(c) % (sizeof lines / sizeof *lines)];
    size_t kind = choices_below(c, 16);
    char *raw = kind == 0 ? choices_string(c) : NULL;
    size_t start = t->length;
    if (kind == 1)
        text_append(t, "\xEF\xBB\xBF");
    else if (kind == 2)
        text_append(t, "  ");
    if (kind == 3)
        text_append_format(t, "%.*s", (int)choices_below(c, strlen(line) + 1), line);
    else
        text_append(t, raw ? raw : line);
    for (size_t i = start; kind == 4 && i < t->length; i++)
        if (t->data[i] >= 'a' && t->data[i] <= 'z')
            t->data[i] = (char)(t->data[i] - 'a' + 'A');
    text_append(t, ends[choices_below(c, sizeof ends / sizeof *ends)]);
    free(raw);
}

static void look_at_path(const struct layout *l, struct choices *c)
{
    static const char *const names[] = {"001_a.sql",       "V1__a.sql",        "001_a.up.sql",
                                        "20240101_a.sql",  "001/up.sql",       "R__view.sql",
                                        "a/migration.sql", "001_a.notx.up.sql"};
    char *raw = choices_below(c, 4) ? NULL : choices_string(c);
    struct file_place place = file_place_look(
        l, NULL, "folder", raw ? raw : names[choices_below(c, sizeof names / sizeof *names)]);
    file_place_release(&place);
    free(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choices c = {data, size};
    struct text content = {0};
    struct revision r = {0};
    struct error e = {0};
    load_layouts();
    const struct layout *l = &layouts[choices_byte(&c) % layout_count];
    if (!l->rules->journal)
        look_at_path(l, &c);
    while (c.left)
        put_line(&content, &c);
    check_content(l, text_string(&content));
    bool good = revision_parse(&r, "x.sql", text_string(&content), content.length, &e);
    if (good == (e.kind != ERROR_NONE))
        abort();
    revision_release(&r);
    text_release(&content);
    return 0;
}
