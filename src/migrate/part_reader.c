#include "migrate/part_reader.h"

#include "base/memory.h"
#include "migrate/lines.h"
#include "migrate/no_transaction.h"
#include "migrate/statement_cutter.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

static bool read_part(const struct layout *l, struct migration_part *part, const char *path,
                      const char *sql, size_t line, struct error *e)
{
    const struct layout_statements *s = l->rules->statements;
    struct sql_list list = {0};
    part->present = true;
    part->path = memory_copy_of(path);
    if (l->rules->metacommands || (s && s->split == SPLIT_SQL) ||
        refuses_transaction_by(l, PLACE_STATEMENT))
        sql_split(&list, sql);
    part->psql = l->rules->metacommands && list.metacommands;
    part->no_transaction = part->no_transaction || refuses_transaction_in_statements(l, &list);
    bool good = statement_cut(l, part, path, sql, &list, line, e);
    sql_list_release(&list);
    return good;
}

static const char *without_mark(const struct layout *l, const char *content)
{
    size_t length = sizeof byte_order_mark - 1;
    bool strip = l->rules->strip_mark && strncmp(content, byte_order_mark, length) == 0;
    return content + (strip ? length : 0);
}

bool part_read_whole(const struct layout *l, struct migration_part *part, const char *path,
                     const char *content, struct error *e)
{
    content = without_mark(l, content);
    part->no_transaction = part->no_transaction || refuses_transaction_in_file(l, content);
    part->whole = true;
    return read_part(l, part, path, content, 1, e);
}

/* One section while it is read. */
struct section {
    struct text sql;
    size_t line; /* of its first line; 0: there is none */
    bool no_transaction;
};

static bool begin_section(const struct layout *l, struct section *s,
                          const struct line_reader *lines, const char *path, struct error *e)
{
    if (s->line)
        return line_refuse(path, lines->number, "a second section of this direction", e);
    s->line = lines->number;
    s->no_transaction = refuses_transaction_at(l, PLACE_SECTION_LINE, text_string(&lines->line));
    return true;
}

static bool sort_line(const struct layout *l, struct section *up, struct section *down,
                      struct section **now, const struct line_reader *lines, const char *path,
                      struct error *e)
{
    const char *line = text_string(&lines->line);
    struct section *begun = NULL;
    if (pattern_matches(&l->up, line))
        begun = up;
    else if (pattern_matches(&l->down, line))
        begun = down;
    if (begun == up && down->line)
        return line_refuse(path, lines->number, "the up section comes before the down section", e);
    if (begun && !begin_section(l, begun, lines, path, e))
        return false;
    if (begun)
        *now = begun;
    else if (!*now && l->rules->sections->up_required && !line_is_comment(line))
        return line_refuse(path, lines->number, "SQL before the line that begins the up section",
                           e);
    else if (!*now && !l->rules->sections->up_required)
        begin_section(l, *now = up, lines, path, e);
    if (*now) /* the line that begins a section is a comment in it: it keeps the lines' numbers */
        text_append_bytes(&(*now)->sql, lines->raw, lines->raw_length);
    return true;
}

static bool read_sections(const struct layout *l, struct section *up, struct section *down,
                          const char *path, const char *content, struct error *e)
{
    struct section *now = NULL;
    struct line_reader lines;
    bool good = true;
    lines_begin(&lines, content);
    while (good && lines_next(&lines))
        good = sort_line(l, up, down, &now, &lines, path, e);
    lines_release(&lines);
    if (good && l->rules->sections->up_required && !up->line)
        good = error_set(e, ERROR_USAGE, "%s: no line begins the up section ('%s')", path,
                         l->rules->sections->up);
    return good;
}

bool part_read_both(const struct layout *l, struct revision *r, const char *path,
                    const char *content, struct error *e)
{
    struct section up = {0}, down = {0};
    content = without_mark(l, content);
    bool refused = refuses_transaction_in_file(l, content);
    bool good = read_sections(l, &up, &down, path, content, e);
    r->up.no_transaction = r->up.no_transaction || refused || up.no_transaction;
    r->down.no_transaction = r->down.no_transaction || refused || down.no_transaction;
    good = good && read_part(l, &r->up, path, text_string(&up.sql), up.line ? up.line : 1, e) &&
           (!down.line || read_part(l, &r->down, path, text_string(&down.sql), down.line, e));
    text_release(&up.sql);
    text_release(&down.sql);
    return good;
}
