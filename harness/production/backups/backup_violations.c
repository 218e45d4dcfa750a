#include "production/backups/backup_violations.h"

#include "base/memory.h"
#include "base/text.h"

static const size_t most_refused = 10000;

void refused_entries_see(void *context, double seconds, bool on_stderr, const char *line)
{
    static const char mark[] = "from TOC entry ";
    (void)seconds;
    struct refused_entries *r = context;
    const char *found = on_stderr ? strstr(line, mark) : NULL;
    unsigned id, table, oid;
    int end = 0;
    if (!found || r->count >= most_refused ||
        sscanf(found + strlen(mark), "%u; %u %u %n", &id, &table, &oid, &end) != 3 || !end)
        return;
    struct refused_entry *entry = memory_append(&r->items, &r->count, sizeof *r->items);
    entry->id = id;
    entry->what = memory_copy_of(found + strlen(mark) + end);
    char *owner = strrchr(entry->what, ' '); /* the last word */
    if (owner)
        *owner = '\0';
}

static void keep_line(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds;
    if (!on_stderr)
        text_append_format(context, "%s\n", line);
}

/* The SQL that makes the entry, as pg_restore would send it. */
static bool read_sql(const struct refused_entry *entry, const char *path, const char *program,
                     const struct backup_options *options, struct text *sql, struct error *e)
{
    struct text command = {0};
    text_append_format(&command, "echo '%u;' | ", entry->id);
    text_append_word(&command, program);
    text_append(&command, options->no_owner ? " --no-owner" : "");
    text_append(&command, " --use-list=/dev/stdin --file=- ");
    text_append_word(&command, path);
    struct client_program_request request = {.name = "pg_restore",
                                             .command = text_string(&command),
                                             .mark = options->mark,
                                             .cancel = options->cancel,
                                             .on_line = keep_line,
                                             .context = sql};
    bool good = client_program_run(&request, e);
    text_release(&command);
    return good;
}

/* Lines that psql alone understands begin with a backslash: \restrict and its like. */
static char *without_commands(const char *sql, int server_version)
{
    static const char new_line[] = CLIENT_PROGRAM_NEW_LINE;
    bool refused = client_program_line_is_refused(server_version);
    struct text t = {0};
    while (*sql) {
        size_t length = strcspn(sql, "\n");
        bool is_new = length == sizeof new_line - 1 && strncmp(sql, new_line, length) == 0;
        if (*sql != '\\' && !(is_new && refused))
            text_append_format(&t, "%.*s\n", (int)length, sql);
        sql += length + (sql[length] == '\n');
    }
    return text_detach(&t);
}

/* A foreign key that need not hold for the rows that are there. */
static void make_unproven(struct connection *c, const char *sql)
{
    struct error ignored = {0}; /* then it is left out */
    const char *end = strrchr(sql, ';');
    char *unproven = memory_format("%.*s NOT VALID;", (int)(end ? end - sql : 0), sql);
    if (end)
        connection_run(c, unproven, &ignored);
    free(unproven);
}

static void tell(const struct backup_options *options, const struct refused_entry *entry,
                 const struct error *why)
{
    struct backup_violations *v = options->violations;
    *(char **)memory_append(&v->lines, &v->count, sizeof *v->lines) =
        memory_format("%s: %s", entry->what, why->message);
}

/* Table or index, another object, a second primary key. */
static bool is_there(const char *sqlstate)
{
    return strcmp(sqlstate, "42P07") == 0 || strcmp(sqlstate, "42710") == 0 ||
           strcmp(sqlstate, "42P16") == 0;
}

static bool judge_one(struct connection *c, const struct refused_entry *entry, const char *given,
                      const struct backup_options *options, struct error *e)
{
    struct error why = {0};
    char *sql = without_commands(given, PQserverVersion(c->pg));
    bool made = connection_run(c, sql, &why) || is_there(why.sqlstate),
         violated = strncmp(why.sqlstate, "23", 2) == 0;
    if (!made && violated && strncmp(entry->what, "FK CONSTRAINT ", 14) == 0)
        make_unproven(c, sql);
    free(sql);
    /* what else fails after a violation needs what the violation has kept from being made */
    if (!made && (violated || (options->violations->count && !error_is_of_server(&why)))) {
        tell(options, entry, &why);
    } else if (!made) {
        error_prefix(&why, "%s", entry->what);
        error_take(e, &why);
    }
    return e->kind == ERROR_NONE;
}

bool refused_entries_judge(const struct refused_entries *r, const char *path, const char *url,
                           const char *program, const struct backup_options *options,
                           struct error *e)
{
    struct connection c = {0};
    bool good = connection_open(&c, url, options->cancel, e);
    for (size_t i = 0; good && i < r->count; i++) {
        struct text sql = {0};
        good = read_sql(&r->items[i], path, program, options, &sql, e) &&
               judge_one(&c, &r->items[i], text_string(&sql), options, e);
        text_release(&sql);
    }
    connection_close(&c);
    return good;
}

void refused_entries_release(struct refused_entries *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->items[i].what);
    free(r->items);
    *r = (struct refused_entries){0};
}

void backup_violations_release(struct backup_violations *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->lines[i]);
    free(v->lines);
    *v = (struct backup_violations){0};
}
