/*
 * Files of a layout: whatever the bytes are, each statement that is cut out of them begins in its
 * line of them, in their order. The first byte chooses the layout.
 */
#include "line_mutator.h"
#include "part_check.h"

#include "base/text.h"
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
    check_content(l, content);
    read_journal(content);
    free(content);
    return 0;
}
