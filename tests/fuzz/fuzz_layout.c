/*
 * Files of a layout: whatever the bytes are, each statement that is cut out of them begins in its
 * line of them, in their order. The first byte chooses the layout.
 */
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrate/part_reader.h"
#include "migrate/revision_journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LAYOUTS = 5 };

static struct layout layouts[LAYOUTS];

static void load_layouts(void)
{
    static const char *const names[LAYOUTS] = {"goose", "dbmate", "plain", "drizzle", "flyway"};
    if (layouts[0].rules)
        return;
    for (size_t i = 0; i < LAYOUTS; i++) {
        struct error e = {0};
        char *path =
            memory_format(FUZZ_SOURCE_DIRECTORY "/../../fixtures/layouts/%s.yaml", names[i]);
        if (!layout_read(&layouts[i], path, &e))
            abort();
        free(path);
    }
}

/* Where a line of the content begins. */
static const char *line_at(const char *content, size_t line)
{
    for (size_t at = 1; at < line; at++) {
        content += strcspn(content, "\n");
        if (*content++ != '\n')
            abort();
    }
    return content;
}

/* The first line of the step is in that line of the content. */
static void check_line(const struct migration_step *step, const char *line)
{
    char *first = memory_format("%.*s", (int)strcspn(step->sql, "\n"), step->sql);
    char *whole = memory_format("%.*s", (int)strcspn(line, "\n"), line);
    if (!strstr(whole, first))
        abort();
    free(first);
    free(whole);
}

static void check_part(const struct migration_part *part, const char *content)
{
    size_t last = 1;
    for (size_t i = 0; i < part->step_count; i++) {
        const struct migration_step *step = &part->steps[i];
        if (step->line < last || !step->sql)
            abort();
        check_line(step, line_at(content, step->line));
        last = step->line;
    }
}

static void read_journal(const char *content)
{
    static char path[] = "j", list[] = "entries", file[] = "tag", key[] = "when";
    const struct layout_journal rules = {.path = path, .list = list, .file = file, .key = key};
    struct revision_journal journal;
    struct error e = {0};
    revision_journal_read(&journal, &rules, path, content, &e);
    revision_journal_release(&journal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    load_layouts();
    const struct layout *l = &layouts[data[0] % LAYOUTS];
    char *content = memory_zeroed(size, 1);
    memcpy(content, data + 1, size - 1);
    struct revision r = {0};
    struct error e = {0};
    bool good = l->rules->sections ? part_read_both(l, &r, "x.sql", content, &e)
                                   : part_read_whole(l, &r.up, "x.sql", content, &e);
    if (good == (e.kind != ERROR_NONE))
        abort();
    bool marked = l->rules->strip_mark && strncmp(content, "\xEF\xBB\xBF", 3) == 0;
    const char *start = content + (marked ? 3 : 0);
    if (good) {
        check_part(&r.up, start);
        check_part(&r.down, start);
    }
    read_journal(content);
    revision_release(&r);
    free(content);
    return 0;
}
