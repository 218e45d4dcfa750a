#include "migrate/sql_split.h"

#include <ctype.h>
#include <strings.h>

#include "base/memory.h"

struct lexer {
    const char *at;
    size_t line;
    size_t parentheses;
    size_t blocks;     /* of BEGIN ATOMIC, and of CASE within it */
    bool was_begin;    /* the last word was BEGIN */
    const char *begin; /* of the statement; NULL between two */
    size_t begin_line;
};

static void step(struct lexer *l, size_t bytes)
{
    for (; bytes > 0 && *l->at; bytes--)
        l->line += *l->at++ == '\n';
}

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c > 127;
}

static void skip_line_comment(struct lexer *l)
{
    step(l, strcspn(l->at, "\n"));
}

static void skip_block_comment(struct lexer *l)
{
    size_t depth = 0;
    do {
        if (strncmp(l->at, "/*", 2) == 0) {
            depth++;
            step(l, 2);
        } else if (strncmp(l->at, "*/", 2) == 0) {
            depth--;
            step(l, 2);
        } else {
            step(l, 1);
        }
    } while (depth > 0 && *l->at);
}

/* From a quotation mark behind its end; a doubled mark just begins the next literal. */
static void skip_quoted(struct lexer *l, bool backslashes)
{
    char mark = *l->at;
    step(l, 1);
    while (*l->at && *l->at != mark)
        step(l, backslashes && *l->at == '\\' ? 2 : 1);
    step(l, 1);
}

/* The length of "$tag$" here; 0 if none is. */
static size_t dollar_tag(const char *at)
{
    size_t length = 1;
    if (isdigit((unsigned char)at[1]))
        return 0;
    while (at[length] && at[length] != '$' && is_word_byte(at[length]))
        length++;
    return at[length] == '$' ? length + 1 : 0;
}

static void skip_dollar_quoted(struct lexer *l, size_t tag)
{
    const char *opening = l->at;
    step(l, tag);
    while (*l->at && strncmp(l->at, opening, tag) != 0)
        step(l, 1);
    step(l, tag);
}

static bool word_is(const char *word, size_t length, const char *wanted)
{
    return strlen(wanted) == length && strncasecmp(word, wanted, length) == 0;
}

static void take_word(struct lexer *l)
{
    const char *word = l->at;
    size_t length = 0;
    while (is_word_byte(word[length]))
        length++;
    step(l, length);
    if (*l->at == '\'' && length == 1 && (*word == 'E' || *word == 'e'))
        skip_quoted(l, true);
    if (l->was_begin && word_is(word, length, "atomic"))
        l->blocks = 1;
    else if (l->blocks > 0 && word_is(word, length, "case"))
        l->blocks++;
    else if (l->blocks > 0 && word_is(word, length, "end"))
        l->blocks--;
    l->was_begin = word_is(word, length, "begin");
}

/* COPY … FROM STDIN: the rows come behind it. */
static bool reads_rows(const char *statement, size_t length)
{
    if (strncasecmp(statement, "copy", 4) != 0 || is_word_byte(statement[4]))
        return false;
    static const char wanted[] = "stdin";
    for (size_t i = 4; i + sizeof wanted - 1 <= length; i++)
        if (strncasecmp(statement + i, wanted, sizeof wanted - 1) == 0)
            return true;
    return false;
}

static void end_statement(struct lexer *l, struct sql_list *list)
{
    if (l->begin) {
        struct sql_statement *s =
            memory_append(&list->statements, &list->count, sizeof *list->statements);
        *s = (struct sql_statement){.begin = l->begin, .line = l->begin_line};
        s->length = (size_t)(l->at - l->begin);
        list->metacommands = list->metacommands || reads_rows(s->begin, s->length);
    }
    l->begin = NULL;
    l->parentheses = l->blocks = 0;
    l->was_begin = false;
}

/* Whatever is not part of a statement. */
static bool skip_blank(struct lexer *l)
{
    if (isspace((unsigned char)*l->at))
        step(l, 1);
    else if (strncmp(l->at, "--", 2) == 0)
        skip_line_comment(l);
    else if (strncmp(l->at, "/*", 2) == 0)
        skip_block_comment(l);
    else
        return false;
    return true;
}

static void take_mark(struct lexer *l)
{
    if (*l->at == '(')
        l->parentheses++;
    else if (*l->at == ')' && l->parentheses > 0)
        l->parentheses--;
    step(l, 1);
}

static void take_token(struct lexer *l)
{
    size_t tag = *l->at == '$' ? dollar_tag(l->at) : 0;
    if (tag)
        skip_dollar_quoted(l, tag);
    else if (*l->at == '\'' || *l->at == '"')
        skip_quoted(l, false);
    else if (is_word_byte(*l->at))
        take_word(l);
    else
        take_mark(l);
}

void sql_split(struct sql_list *list, const char *sql)
{
    struct lexer l = {.at = sql, .line = 1};
    *list = (struct sql_list){0};
    while (*l.at && !list->metacommands) {
        if (skip_blank(&l))
            continue;
        if (*l.at == '\\') {
            list->metacommands = true;
        } else if (*l.at == ';' && l.parentheses == 0 && l.blocks == 0) {
            step(&l, 1);
            end_statement(&l, list);
        } else {
            if (!l.begin) {
                l.begin = l.at;
                l.begin_line = l.line;
            }
            take_token(&l);
        }
    }
    end_statement(&l, list);
}

void sql_list_release(struct sql_list *list)
{
    free(list->statements);
    *list = (struct sql_list){0};
}
