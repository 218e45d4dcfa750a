#include "relay/ledger.h"

#include "base/memory.h"

static const size_t short_length = 60;

static void release_statement(struct ledger_statement *s)
{
    free(s->sql);
    free(s->tag);
    free(s->message);
    *s = (struct ledger_statement){0};
}

/* A new entry, or the last one again. */
static struct ledger_statement *take_entry(struct ledger *l)
{
    if (l->count < LEDGER_MOST_STATEMENTS)
        return memory_append(&l->statements, &l->count, sizeof *l->statements);
    struct ledger_statement *last = &l->statements[l->count - 1];
    release_statement(last);
    return last;
}

size_t ledger_begin(struct ledger *l, size_t connection, int backend, const char *sql,
                    bool extended)
{
    struct ledger_statement *s = take_entry(l);
    l->total++;
    size_t length = strlen(sql);
    bool room = length <= LEDGER_MOST_SQL - l->sql_bytes;
    if (room && l->total == l->count)
        l->sql_bytes += length;
    *s = (struct ledger_statement){.number = l->total,
                                   .connection = connection,
                                   .backend = backend,
                                   .sql = memory_copy_of(room ? sql : ""),
                                   .extended = extended,
                                   .seconds = -1};
    return l->count - 1;
}

char *ledger_sql_in_short(const struct ledger_statement *s)
{
    char *line = text_one_line(s->sql);
    char *from = line + strspn(line, " ");
    size_t length = strlen(from);
    if (length > short_length) {
        length = short_length;
        while (length > 0 && ((unsigned char)from[length] & 0xC0) == 0x80)
            length--;
        char *cut = memory_format("%.*s…", (int)length, from);
        free(line);
        return cut;
    }
    char *whole = memory_copy_of(length ? from : "no SQL");
    free(line);
    return whole;
}

void ledger_release(struct ledger *l)
{
    for (size_t i = 0; i < l->count; i++)
        release_statement(&l->statements[i]);
    free(l->statements);
    free(l->refusal);
    free(l->stranger);
    *l = (struct ledger){0};
}
