#include "migrate/revision_file.h"

#include <ctype.h>
#include <errno.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "migrate/lines.h"

static const size_t longest_file = 16u << 20;
static const size_t longest_id = 32; /* alembic_version.version_num is varchar(32) */

struct reader {
    struct revision *revision;
    struct migration_part *part; /* NULL in the header */
    struct migration_step *step; /* NULL until a part's first one begins */
    struct text sql;             /* of the step, as far as it is read */
    bool has_statement;          /* `sql` holds more than comments and blanks */
    bool named;                  /* the part has named steps */
    bool has_parent;
    size_t line;
    struct error *error;
};

static bool mistake(struct reader *r, const char *what)
{
    return error_set(r->error, ERROR_USAGE, "%s, line %zu: %s", r->revision->path, r->line, what);
}

/* The value of `-- KEY: VALUE` or `-- KEY`, to be freed; NULL if the line is not of that key. */
static char *directive(const char *line, const char *key)
{
    size_t length = strlen(key);
    if (strncmp(line, "-- ", 3) != 0 || strncmp(line + 3, key, length) != 0)
        return NULL;
    const char *rest = line + 3 + length;
    if (*rest == '\0')
        return memory_copy_of("");
    return *rest == ':' ? text_one_line(rest + 1) : NULL;
}

static bool set_once(struct reader *r, char **field, char *value, const char *key)
{
    if (*field) {
        free(value);
        return error_set(r->error, ERROR_USAGE, "%s, line %zu: a second '-- %s:' line",
                         r->revision->path, r->line, key);
    }
    *field = value;
    return true;
}

static bool id_is_sound(const char *id)
{
    static const char *const taken[] = {"head", "heads", "base", "none"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(id, taken[i]) == 0)
            return false;
    size_t length = strlen(id);
    if (length == 0 || length > longest_id)
        return false;
    for (const unsigned char *p = (const unsigned char *)id; *p; p++)
        if (*p > 127 || !(isalnum(*p) || *p == '_' || *p == '.'))
            return false;
    return true;
}

static bool set_parent(struct reader *r, char *value)
{
    if (r->has_parent) {
        free(value);
        return mistake(r, "a second '-- parent:' line");
    }
    r->has_parent = true;
    if (value[0] == '\0' || strcmp(value, "none") == 0)
        free(value);
    else
        r->revision->parent = value;
    return true;
}

static bool header_line(struct reader *r, const char *line)
{
    char *value;
    if ((value = directive(line, "revision"))) {
        if (!id_is_sound(value)) {
            free(value);
            return mistake(r, "a revision is 1 to 32 letters, digits, '_' or '.', and none of "
                              "head, heads, base, none");
        }
        return set_once(r, &r->revision->id, value, "revision");
    }
    if ((value = directive(line, "parent")))
        return set_parent(r, value);
    if ((value = directive(line, "message")))
        return set_once(r, &r->revision->message, value, "message");
    if ((value = directive(line, "rollback")))
        return set_once(r, &r->revision->rollback, value, "rollback");
    if (line[0] != '\0' && strncmp(line, "--", 2) != 0)
        return mistake(r, "SQL before '-- up': a revision begins with comments that give its "
                          "revision, parent and message");
    return true;
}

static bool end_header(struct reader *r)
{
    const struct revision *revision = r->revision;
    const char *missing = NULL;
    if (!revision->id)
        missing = "revision";
    else if (!r->has_parent)
        missing = "parent";
    else if (!revision->message || revision->message[0] == '\0')
        missing = "message";
    if (missing)
        return error_set(r->error, ERROR_USAGE,
                         "%s: no '-- %s:' line before '-- up': see the format of a revision file",
                         r->revision->path, missing);
    return true;
}

static bool end_step(struct reader *r)
{
    if (r->step) {
        if (r->named && !r->has_statement)
            return error_set(r->error, ERROR_USAGE, "%s: the step '%s' before line %zu has no SQL",
                             r->revision->path, r->step->title, r->line);
        r->step->sql = text_detach(&r->sql);
    }
    r->step = NULL;
    r->has_statement = false;
    return true;
}

static bool end_part(struct reader *r)
{
    if (!r->part)
        return end_header(r);
    if (!end_step(r))
        return false;
    if (!r->named) {
        if (r->part->total)
            return mistake(r, "the preceding part declares a number of steps but has none");
        return true;
    }
    if (r->part->total && r->part->total < r->part->step_count)
        return mistake(r, "the preceding part has more steps than it declares");
    if (!r->part->total)
        r->part->total = r->part->step_count;
    return true;
}

static void begin_step(struct reader *r, char *title)
{
    r->step = memory_append(&r->part->steps, &r->part->step_count, sizeof *r->part->steps);
    r->step->title = title;
    r->step->line = r->line + 1;
}

/* "10 steps" */
static bool read_total(struct reader *r, const char *value)
{
    if (value[0] == '\0')
        return true;
    char *end;
    errno = 0;
    unsigned long total = isdigit((unsigned char)value[0]) ? strtoul(value, &end, 10) : 0;
    if (total == 0 || errno || total > 9999 || (strcmp(end, " steps") && strcmp(end, " step")))
        return mistake(r,
                       "expected nothing, or a number and 'steps', after '-- up:' or '-- down:'");
    r->part->total = total;
    return true;
}

static bool begin_part(struct reader *r, struct migration_part *part, char *value)
{
    bool good = end_part(r);
    if (good && part->present)
        good = mistake(r, "duplicate part");
    if (good && part == &r->revision->up && r->revision->down.present)
        good = mistake(r, "'-- up' comes before '-- down'");
    if (good && part == &r->revision->down && !r->revision->up.present)
        good = mistake(r, "'-- up' comes before '-- down'");
    if (good) {
        part->present = true;
        r->part = part;
        r->named = false;
        good = read_total(r, value);
        begin_step(r, NULL); /* whatever SQL comes before a step of a name */
    }
    free(value);
    return good;
}

static bool begin_named_step(struct reader *r, char *title)
{
    if (title[0] == '\0') {
        free(title);
        return mistake(r, "a step needs a title: '-- step: TITLE'");
    }
    if (!r->named && r->has_statement) {
        free(title);
        return mistake(r, "SQL before the first '-- step:' of its part");
    }
    if (!r->named) {
        r->part->step_count = 0; /* its one unnamed step is empty */
        r->step = NULL;
        text_clear(&r->sql);
    }
    r->named = true;
    if (!end_step(r)) {
        free(title);
        return false;
    }
    begin_step(r, title);
    return true;
}

static bool is_statement(const char *line)
{
    while (isspace((unsigned char)*line))
        line++;
    return *line && strncmp(line, "--", 2) != 0;
}

static bool step_word(struct reader *r, char **field, char *value, const char *key)
{
    if (!r->named || r->has_statement) {
        free(value);
        return error_set(r->error, ERROR_USAGE,
                         "%s, line %zu: '-- %s:' must directly follow its '-- step:'",
                         r->revision->path, r->line, key);
    }
    return set_once(r, field, value, key);
}

/* `raw` is the line as it stands in the file, with its line end. */
static bool part_line(struct reader *r, const char *line, const char *raw, size_t raw_length)
{
    char *value;
    if ((value = directive(line, "step")))
        return begin_named_step(r, value);
    /* every line is kept, so that the server's positions lead back to lines of the file */
    text_append_bytes(&r->sql, raw, raw_length);
    if ((value = directive(line, "complete")))
        return step_word(r, &r->step->complete, value, "complete");
    if ((value = directive(line, "timing")))
        return step_word(r, &r->step->timing, value, "timing");
    r->has_statement = r->has_statement || is_statement(line);
    return true;
}

static bool read_line(struct reader *r, const char *line, const char *raw, size_t raw_length)
{
    char *value;
    if ((value = directive(line, "up")))
        return begin_part(r, &r->revision->up, value);
    if ((value = directive(line, "down")))
        return begin_part(r, &r->revision->down, value);
    return r->part ? part_line(r, line, raw, raw_length) : header_line(r, line);
}

static bool read_lines(struct reader *r, const char *content)
{
    struct line_reader lines;
    bool good = true;
    lines_begin(&lines, content);
    while (good && lines_next(&lines)) {
        r->line = lines.number;
        good = read_line(r, text_string(&lines.line), lines.raw, lines.raw_length);
    }
    lines_release(&lines);
    return good;
}

bool revision_parse(struct revision *r, const char *path, const char *content, size_t length,
                    struct error *e)
{
    *r = (struct revision){.path = memory_copy_of(path)};
    struct reader reader = {.revision = r, .error = e};
    if (strlen(content) != length)
        return error_set(e, ERROR_USAGE, "%s: contains a NUL byte, so it is not SQL", path);
    if (strncmp(content, "\xEF\xBB\xBF", 3) == 0)
        content += 3;
    bool good = read_lines(&reader, content);
    reader.line++;
    good = good && end_part(&reader);
    r->key = memory_copy_of(r->id);
    text_release(&reader.sql);
    if (good && !r->up.present)
        return error_set(e, ERROR_USAGE, "%s: no '-- up' line, so there is nothing to run", path);
    return good;
}

bool revision_read(struct revision *r, const char *path, struct error *e)
{
    *r = (struct revision){0};
    struct text content = {0};
    bool good;
    if (text_read_file(&content, path, longest_file))
        good = revision_parse(r, path, text_string(&content), content.length, e);
    else
        good = error_set(e, file_error_kind(errno), "%s: cannot be read: %s", path,
                         file_reason(errno));
    text_release(&content);
    return good;
}

static void part_release(struct migration_part *part)
{
    for (size_t i = 0; i < part->step_count; i++) {
        free(part->steps[i].title);
        free(part->steps[i].complete);
        free(part->steps[i].timing);
        free(part->steps[i].sql);
    }
    free(part->steps);
    free(part->path);
    free(part->script);
    free(part->checksum);
}

void revision_release(struct revision *r)
{
    part_release(&r->up);
    part_release(&r->down);
    free(r->path);
    free(r->id);
    free(r->key);
    free(r->parent);
    free(r->message);
    free(r->rollback);
    *r = (struct revision){0};
}
