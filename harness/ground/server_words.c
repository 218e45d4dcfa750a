#include "ground/server_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/migrator_log.h"

/* What follows "SQLSTATE DATABASE " (log_line_prefix in embedded.c); NULL: another's line. */
static const char *after_prefix(const char *line, const char *database)
{
    size_t length = strlen(database);
    if (strlen(line) < 6 || line[5] != ' ' || strncmp(line + 6, database, length) != 0 ||
        line[6 + length] != ' ')
        return NULL;
    return line + 6 + length + 1;
}

static bool begins(const char *line, const char *word)
{
    size_t length = strlen(word);
    return line && strncmp(line, word, length) == 0 && strncmp(line + length, ":  ", 3) == 0;
}

static bool begins_error(const char *line)
{
    return begins(line, "ERROR") || begins(line, "FATAL") || begins(line, "PANIC");
}

static bool begins_more(const char *line)
{
    return begins(line, "DETAIL") || begins(line, "HINT") || begins(line, "QUERY") ||
           begins(line, "CONTEXT");
}

/* The reader of one report: the lines of the log that the server wrote at once. */
struct report_reader {
    const char *database;
    struct text words, statement;
    struct text *into; /* of the two; NULL: no error has come yet */
};

static void begin_part(struct report_reader *r, struct text *into, const char *line)
{
    const char *value = strstr(line, ":  ");
    r->into = into;
    if (into == &r->words)
        text_append_format(into, "%.*s: ", (int)(value - line), line);
    text_append(into, value + 3);
}

/* False: the line is not of the report. One that begins with a tab continues the line before it. */
static bool continues(struct report_reader *r, const char *line)
{
    const char *rest = after_prefix(line, r->database);
    if (line[0] == '\t')
        text_append(r->into, line + 1);
    else if (begins_more(rest))
        begin_part(r, &r->words, rest);
    else if (begins(rest, "STATEMENT"))
        begin_part(r, &r->statement, rest);
    else
        return false;
    return true;
}

/* Whether the migrator says the same; the message is the first line of the words. */
static bool is_repeated(const struct report_reader *r, const struct migrator_result *result)
{
    const char *message = strstr(text_string(&r->words), ": ");
    char *line =
        message ? memory_format("%.*s", (int)strcspn(message + 2, "\n"), message + 2) : NULL;
    if (line)
        server_log_cut_position(line);
    bool repeated = line && *line && migrator_log_holds(result, line);
    free(line);
    return repeated;
}

/* True: the report that it ended, if any, is the one. */
static bool read_line(struct report_reader *r, const char *line,
                      const struct migrator_result *result)
{
    if (r->into && continues(r, line))
        return false;
    if (r->into && is_repeated(r, result))
        return true;
    const char *rest = after_prefix(line, r->database);
    text_clear(&r->words);
    text_clear(&r->statement);
    r->into = NULL;
    if (begins_error(rest))
        begin_part(r, &r->words, rest);
    return false;
}

static void read_log(struct report_reader *r, FILE *file, const struct migrator_result *result)
{
    char *line = NULL;
    size_t size = 0;
    bool ended = false;
    while (!ended && getline(&line, &size, file) > 0)
        ended = read_line(r, line, result);
    free(line);
    if (!ended && !(r->into && is_repeated(r, result))) {
        text_clear(&r->words);
        text_clear(&r->statement);
    }
}

static char *take(struct text *t)
{
    while (t->length && t->data[t->length - 1] == '\n')
        t->data[--t->length] = '\0';
    if (t->length)
        return text_detach(t);
    text_release(t);
    return NULL;
}

void server_words_read(struct server_words *w, const struct server *s, const char *database,
                       long offset, const struct migrator_result *result)
{
    *w = (struct server_words){0};
    FILE *file = s && s->is_embedded ? fopen(s->embedded.log, "re") : NULL;
    struct report_reader r = {.database = database};
    if (file && fseek(file, offset, SEEK_SET) == 0)
        read_log(&r, file, result);
    if (file)
        fclose(file);
    if (r.words.length) {
        size_t length = strcspn(r.words.data, "\n");
        char *first = memory_format("%.*s", (int)length, r.words.data);
        w->position = server_log_cut_position(first);
        char *rest = memory_format("%s%s", first, r.words.data + length);
        text_clear(&r.words);
        text_append(&r.words, rest);
        free(rest);
        free(first);
    }
    w->text = take(&r.words);
    w->statement = take(&r.statement);
}

void server_words_release(struct server_words *w)
{
    free(w->text);
    free(w->statement);
    *w = (struct server_words){0};
}
