#include "migrate/part_reader.h"

#include <ctype.h>

#include "base/memory.h"
#include "migrate/lines.h"
#include "migrate/sql_split.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

static bool mistake(const char *path, size_t line, const char *what, struct error *e)
{
    return error_set(e, ERROR_USAGE, "%s, line %zu: %s", path, line, what);
}

/* Whether `line` at that place asks for no transaction. */
static bool refuses(const struct layout *l, enum layout_place place, const char *line)
{
    for (unsigned i = 0; i < l->rules->no_transaction_count; i++)
        if (l->rules->no_transaction[i].in == place && pattern_matches(&l->no_transaction[i], line))
            return true;
    return false;
}

static bool uses(const struct layout *l, enum layout_place place)
{
    for (unsigned i = 0; i < l->rules->no_transaction_count; i++)
        if (l->rules->no_transaction[i].in == place)
            return true;
    return false;
}

static bool file_refuses(const struct layout *l, const char *content)
{
    struct lines lines;
    bool refused = false;
    lines_begin(&lines, content);
    while (!refused && lines_next(&lines)) {
        const char *line = text_string(&lines.line);
        refused = refuses(l, PLACE_ANY_LINE, line) ||
                  (lines.number == 1 && refuses(l, PLACE_FIRST_LINE, line));
        if (!uses(l, PLACE_ANY_LINE))
            break;
    }
    lines_release(&lines);
    return refused;
}

char *part_checksum_line(const struct layout *l, const char *content)
{
    struct lines lines;
    char *checksum = NULL;
    lines_begin(&lines, content);
    while (!checksum && lines_next(&lines))
        pattern_groups(&l->checksum_line, text_string(&lines.line), &checksum, 1);
    lines_release(&lines);
    return checksum;
}

bool part_path_refuses_transaction(const struct layout *l, const char *path)
{
    return refuses(l, PLACE_PATH, path);
}

bool part_options_refuse_transaction(const struct layout *l, const char *content)
{
    struct lines lines;
    bool refused = false;
    lines_begin(&lines, content);
    while (!refused && lines_next(&lines))
        refused = refuses(l, PLACE_OPTIONS, text_string(&lines.line));
    lines_release(&lines);
    return refused;
}

static bool statements_refuse(const struct layout *l, const struct sql_list *list)
{
    static const size_t longest = 300; /* bytes of a statement that are looked at */
    for (size_t i = 0; i < list->count; i++) {
        const struct sql_statement *s = &list->statements[i];
        size_t length = s->length < longest ? s->length : longest;
        char *beginning = memory_format("%.*s", (int)length, s->begin);
        char *line = text_one_line(beginning);
        bool refused = refuses(l, PLACE_STATEMENT, line);
        free(beginning);
        free(line);
        if (refused)
            return true;
    }
    return false;
}

static void add_step(struct migration_part *part, const char *sql, size_t length, size_t line)
{
    struct migration_step *step =
        memory_append(&part->steps, &part->step_count, sizeof *part->steps);
    step->sql = memory_format("%.*s", (int)length, sql);
    step->line = line;
}

static size_t count_lines(const char *from, const char *to)
{
    size_t lines = 0;
    for (; from < to; from++)
        lines += *from == '\n';
    return lines;
}

static void cut_at_marks(struct migration_part *part, const char *mark, const char *sql,
                         size_t line)
{
    for (const char *end; *sql; sql = end) {
        const char *found = strstr(sql, mark);
        end = found ? found + strlen(mark) : sql + strlen(sql);
        size_t length = (size_t)((found ? found : end) - sql);
        if (strspn(sql, " \t\r\n") < length)
            add_step(part, sql, length, line);
        line += count_lines(sql, end);
    }
}

static void cut_at_semicolons(struct migration_part *part, const struct sql_list *list, size_t line)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct sql_statement *s = &list->statements[i];
        add_step(part, s->begin, s->length, line + s->line - 1);
    }
}

/* Its last word, comments apart, ends in a semicolon. */
static bool ends_in_semicolon(const char *line)
{
    char last = '\0';
    bool before_word = true;
    for (; *line; line++) {
        if (before_word && strncmp(line, "--", 2) == 0)
            break;
        before_word = isspace((unsigned char)*line);
        if (!before_word)
            last = *line;
    }
    return last == ';';
}

static bool is_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '\0' || strncmp(line, "--", 2) == 0;
}

struct cutter {
    const struct layout *layout;
    struct migration_part *part;
    struct text sql;
    size_t begin;      /* the line at which `sql` begins */
    bool in_statement; /* between the lines `begin` and `end` */
};

static void emit(struct cutter *c)
{
    if (c->sql.length)
        add_step(c->part, text_string(&c->sql), c->sql.length, c->begin);
    text_clear(&c->sql);
}

static void cut_line(struct cutter *c, const struct lines *lines, size_t number)
{
    const char *line = text_string(&lines->line);
    if (pattern_matches(&c->layout->begin, line)) {
        c->in_statement = true;
        return;
    }
    if (pattern_matches(&c->layout->end, line)) {
        emit(c);
        c->in_statement = false;
        return;
    }
    if (!c->sql.length && is_comment(line))
        return;
    if (!c->sql.length)
        c->begin = number;
    text_append_bytes(&c->sql, lines->raw, lines->raw_length);
    if (!c->in_statement && ends_in_semicolon(line))
        emit(c);
}

static bool cut_at_lines(const struct layout *l, struct migration_part *part, const char *path,
                         const char *sql, size_t line, struct error *e)
{
    struct cutter c = {.layout = l, .part = part};
    struct lines lines;
    lines_begin(&lines, sql);
    while (lines_next(&lines))
        cut_line(&c, &lines, line + lines.number - 1);
    bool good = true;
    if (c.in_statement)
        good =
            mistake(path, line + lines.number - 1, "the last statement's end line is missing", e);
    else if (c.sql.length)
        good =
            mistake(path, c.begin, "this statement does not end in a semicolon at a line's end", e);
    lines_release(&lines);
    text_release(&c.sql);
    return good;
}

static bool cut(const struct layout *l, struct migration_part *part, const char *path,
                const char *sql, const struct sql_list *list, size_t line, struct error *e)
{
    const struct layout_statements *s = l->rules->statements;
    if (s && s->split == SPLIT_LINES)
        return cut_at_lines(l, part, path, sql, line, e);
    if (s && s->split == SPLIT_MARKS)
        cut_at_marks(part, s->mark, sql, line);
    else if (s && s->split == SPLIT_SQL && !part->psql)
        cut_at_semicolons(part, list, line);
    else
        add_step(part, sql, strlen(sql), line);
    return true;
}

static bool read_part(const struct layout *l, struct migration_part *part, const char *path,
                      const char *sql, size_t line, struct error *e)
{
    const struct layout_statements *s = l->rules->statements;
    struct sql_list list = {0};
    part->present = true;
    part->path = memory_copy_of(path);
    if (l->rules->metacommands || (s && s->split == SPLIT_SQL) || uses(l, PLACE_STATEMENT))
        sql_split(&list, sql);
    part->psql = l->rules->metacommands && list.metacommands;
    part->no_transaction = part->no_transaction || statements_refuse(l, &list);
    bool good = cut(l, part, path, sql, &list, line, e);
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
    part->no_transaction = part->no_transaction || file_refuses(l, content);
    part->whole = true;
    return read_part(l, part, path, content, 1, e);
}

/* One section while it is read. */
struct section {
    struct text sql;
    size_t line; /* of its first line; 0: there is none */
    bool no_transaction;
};

static bool begin_section(const struct layout *l, struct section *s, const struct lines *lines,
                          const char *path, struct error *e)
{
    if (s->line)
        return mistake(path, lines->number, "a second section of this direction", e);
    s->line = lines->number;
    s->no_transaction = refuses(l, PLACE_SECTION_LINE, text_string(&lines->line));
    return true;
}

static bool sort_line(const struct layout *l, struct section *up, struct section *down,
                      struct section **now, const struct lines *lines, const char *path,
                      struct error *e)
{
    const char *line = text_string(&lines->line);
    struct section *begun = NULL;
    if (pattern_matches(&l->up, line))
        begun = up;
    else if (pattern_matches(&l->down, line))
        begun = down;
    if (begun == up && down->line)
        return mistake(path, lines->number, "the way up comes before the way down", e);
    if (begun && !begin_section(l, begun, lines, path, e))
        return false;
    if (begun)
        *now = begun;
    else if (!*now && l->rules->sections->up_required && !is_comment(line))
        return mistake(path, lines->number, "SQL before the line that begins the way up", e);
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
    struct lines lines;
    bool good = true;
    lines_begin(&lines, content);
    while (good && lines_next(&lines))
        good = sort_line(l, up, down, &now, &lines, path, e);
    lines_release(&lines);
    if (good && l->rules->sections->up_required && !up->line)
        good = error_set(e, ERROR_USAGE, "%s: no line that begins the way up ('%s')", path,
                         l->rules->sections->up);
    return good;
}

bool part_read_both(const struct layout *l, struct revision *r, const char *path,
                    const char *content, struct error *e)
{
    struct section up = {0}, down = {0};
    content = without_mark(l, content);
    bool refused = file_refuses(l, content);
    bool good = read_sections(l, &up, &down, path, content, e);
    r->up.no_transaction = r->up.no_transaction || refused || up.no_transaction;
    r->down.no_transaction = r->down.no_transaction || refused || down.no_transaction;
    good = good && read_part(l, &r->up, path, text_string(&up.sql), up.line ? up.line : 1, e) &&
           (!down.line || read_part(l, &r->down, path, text_string(&down.sql), down.line, e));
    text_release(&up.sql);
    text_release(&down.sql);
    return good;
}
