#include "migrate/statement_cutter.h"

#include <ctype.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrate/lines.h"

static void add_step(struct migration_part *part, const char *sql, size_t length, size_t line)
{
    struct migration_step *step =
        memory_append(&part->steps, &part->step_count, sizeof *part->steps);
    step->sql = memory_format("%.*s", (int)length, sql);
    step->line = line;
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
        line += text_line_of(sql, end) - 1;
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

static void cut_line(struct cutter *c, const struct line_reader *lines, size_t number)
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
    if (!c->sql.length && line_is_comment(line))
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
    struct line_reader lines;
    lines_begin(&lines, sql);
    while (lines_next(&lines))
        cut_line(&c, &lines, line + lines.number - 1);
    bool good = true;
    if (c.in_statement)
        good = line_refuse(path, line + lines.number - 1,
                           "the last statement's end line is missing", e);
    else if (c.sql.length)
        good = line_refuse(path, c.begin,
                           "this statement does not end in a semicolon at a line's end", e);
    lines_release(&lines);
    text_release(&c.sql);
    return good;
}

bool statement_cut(const struct layout *l, struct migration_part *part, const char *path,
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
