#include "migrate/no_transaction.h"

#include "base/memory.h"
#include "base/text.h"
#include "migrate/lines.h"

bool refuses_transaction_at(const struct layout *l, enum layout_place place, const char *line)
{
    for (unsigned i = 0; i < l->rules->no_transaction_count; i++)
        if (l->rules->no_transaction[i].in == place && pattern_matches(&l->no_transaction[i], line))
            return true;
    return false;
}

bool refuses_transaction_by(const struct layout *l, enum layout_place place)
{
    for (unsigned i = 0; i < l->rules->no_transaction_count; i++)
        if (l->rules->no_transaction[i].in == place)
            return true;
    return false;
}

bool refuses_transaction_in_file(const struct layout *l, const char *content)
{
    struct line_reader lines;
    bool refused = false;
    lines_begin(&lines, content);
    while (!refused && lines_next(&lines)) {
        const char *line = text_string(&lines.line);
        refused = refuses_transaction_at(l, PLACE_ANY_LINE, line) ||
                  (lines.number == 1 && refuses_transaction_at(l, PLACE_FIRST_LINE, line));
        if (!refuses_transaction_by(l, PLACE_ANY_LINE))
            break;
    }
    lines_release(&lines);
    return refused;
}

bool refuses_transaction_by_path(const struct layout *l, const char *path)
{
    return refuses_transaction_at(l, PLACE_PATH, path);
}

bool refuses_transaction_in_options(const struct layout *l, const char *content)
{
    struct line_reader lines;
    bool refused = false;
    lines_begin(&lines, content);
    while (!refused && lines_next(&lines))
        refused = refuses_transaction_at(l, PLACE_OPTIONS, text_string(&lines.line));
    lines_release(&lines);
    return refused;
}

bool refuses_transaction_in_statements(const struct layout *l, const struct sql_list *list)
{
    static const size_t longest = 300; /* bytes of a statement that are looked at */
    for (size_t i = 0; i < list->count; i++) {
        const struct sql_statement *s = &list->statements[i];
        size_t length = s->length < longest ? s->length : longest;
        char *beginning = memory_format("%.*s", (int)length, s->begin);
        char *line = text_one_line(beginning);
        bool refused = refuses_transaction_at(l, PLACE_STATEMENT, line);
        free(beginning);
        free(line);
        if (refused)
            return true;
    }
    return false;
}
