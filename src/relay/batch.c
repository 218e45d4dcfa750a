#include "relay/batch.h"

#include "base/memory.h"
#include "relay/message.h"

static struct batch_prepared *find(const struct batch *b, const char *name)
{
    for (size_t i = 0; i < b->prepared_count; i++)
        if (strcmp(b->prepared[i].name, name) == 0)
            return &b->prepared[i];
    return NULL;
}

static struct batch_prepared *make_room(struct batch *b)
{
    if (b->prepared_count < BATCH_MOST_PREPARED)
        return memory_append(&b->prepared, &b->prepared_count, sizeof *b->prepared);
    free(b->prepared[0].name);
    free(b->prepared[0].sql);
    memmove(b->prepared, b->prepared + 1, (b->prepared_count - 1) * sizeof *b->prepared);
    return &b->prepared[b->prepared_count - 1];
}

static void set(char **slot, const char *value)
{
    char *copy = memory_copy_of(value);
    free(*slot);
    *slot = copy;
}

static void note_parse(struct batch *b, const struct text *body)
{
    size_t at = 0;
    const char *name = message_string(body, &at), *sql = message_string(body, &at);
    struct batch_prepared *p = find(b, name);
    if (p) {
        set(&p->sql, sql);
    } else {
        p = make_room(b);
        *p = (struct batch_prepared){memory_copy_of(name), memory_copy_of(sql)};
    }
    set(&b->parsed, sql);
}

static void note_bind(struct batch *b, const struct text *body)
{
    size_t at = 0;
    message_string(body, &at); /* the portal */
    const struct batch_prepared *p = find(b, message_string(body, &at));
    set(&b->bound, p ? p->sql : "");
}

static void note_execute(struct batch *b)
{
    const char *sql = b->bound ? b->bound : "";
    size_t room = b->sql.length < BATCH_MOST_SQL ? BATCH_MOST_SQL - b->sql.length : 0;
    if (b->executes++ && room)
        text_append(&b->sql, "; ");
    size_t length = strlen(sql);
    text_append_bytes(&b->sql, sql, length < room ? length : room);
}

void batch_note(struct batch *b, char type, const struct text *body)
{
    if (type == 'P')
        note_parse(b, body);
    else if (type == 'B')
        note_bind(b, body);
    else if (type == 'E')
        note_execute(b);
}

const char *batch_sql(const struct batch *b)
{
    return b->executes ? text_string(&b->sql) : b->parsed ? b->parsed : "";
}

void batch_clear(struct batch *b)
{
    text_clear(&b->sql);
    free(b->parsed);
    b->parsed = NULL;
    b->executes = 0;
}

void batch_release(struct batch *b)
{
    for (size_t i = 0; i < b->prepared_count; i++) {
        free(b->prepared[i].name);
        free(b->prepared[i].sql);
    }
    free(b->prepared);
    free(b->bound);
    batch_clear(b);
    text_release(&b->sql);
    *b = (struct batch){0};
}
