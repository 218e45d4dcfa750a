#include "schema/validation.h"

#include <dirent.h>
#include <errno.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/regular_file.h"
#include "base/text.h"

static const size_t longest_file = 1u << 20; /* bytes */
static const int most_rows_shown = 5;
static const int longest_value_shown = 200; /* bytes */

/* The rest of a header line "-- KEY: rest"; NULL if there is none. The caller frees it. */
static char *header_value(const char *sql, const char *key)
{
    char *wanted = memory_format("-- %s:", key);
    char *value = NULL;
    for (const char *line = sql; !value && strncmp(line, "--", 2) == 0;) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, wanted, strlen(wanted)) == 0) {
            char *rest =
                memory_format("%.*s", (int)(length - strlen(wanted)), line + strlen(wanted));
            value = text_one_line(rest);
            free(rest);
        }
        line += length + (line[length] == '\n');
    }
    free(wanted);
    return value;
}

/* Whether there is anything but white space and comments. */
static bool has_statement(const char *sql)
{
    for (;;) {
        sql += strspn(sql, " \t\r\n\f;");
        const char *end = strncmp(sql, "--", 2) == 0   ? strchr(sql, '\n')
                          : strncmp(sql, "/*", 2) == 0 ? strstr(sql, "*/")
                                                       : sql;
        if (!end || !*end)
            return false;
        if (end == sql)
            return true;
        sql = end + (*end == '*' ? 2 : 1);
    }
}

/* A header that is mistyped would be taken for a comment. */
static bool check_headers(const struct validation *v, struct error *e)
{
    static const char *const headers[] = {"title", "requirements", "remedy"};
    size_t number = 1;
    for (const char *line = v->sql; strncmp(line, "-- ", 3) == 0; number++) {
        size_t length = strcspn(line, "\n"), word = strcspn(line + 3, " :\n");
        char *name = memory_format("%.*s", (int)word, line + 3);
        const char *near = line[3 + word] == ':'
                               ? nearest_name(name, headers, sizeof headers / sizeof *headers)
                               : NULL;
        if (near && strcmp(near, name) != 0)
            error_set(e, ERROR_USAGE, "%s, line %zu: no header '%s'; did you mean '%s'?", v->path,
                      number, name, near);
        free(name);
        line += length + (line[length] == '\n');
    }
    return e->kind == ERROR_NONE;
}

static bool load_one(struct validation *v, const char *folder, const char *file, struct error *e)
{
    struct text sql = {0};
    v->path = memory_format("%s/%s", folder, file);
    v->name = memory_format("%.*s", (int)(strlen(file) - strlen(".sql")), file);
    if (!text_read_file(&sql, v->path, longest_file)) {
        text_release(&sql);
        return error_set(e, file_error_kind(errno), "%s: cannot be read: %s", v->path,
                         file_reason(errno));
    }
    v->sql = text_detach(&sql);
    if (!has_statement(v->sql))
        return error_set(e, ERROR_USAGE, "%s: expected a query, found only comments", v->path);
    if (!check_headers(v, e))
        return false;
    v->title = header_value(v->sql, "title");
    v->requirements = header_value(v->sql, "requirements");
    v->remedy = header_value(v->sql, "remedy");
    if (!v->title)
        v->title = memory_copy_of(v->name);
    if (!v->requirements)
        v->requirements = memory_copy_of("");
    return true;
}

static int is_sql_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 && strcmp(entry->d_name + length - 4, ".sql") == 0;
}

bool validation_list_load(const char *folder, struct validation_list *list, struct error *e)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_sql_file, alphasort);
    *list = (struct validation_list){0};
    if (count < 0)
        return error_set(e, file_error_kind(errno), "%s: cannot be read: %s", folder,
                         strerror(errno));
    bool good = true;
    for (int i = 0; i < count; i++) {
        if (good) {
            struct validation *v = memory_append(&list->items, &list->count, sizeof *list->items);
            good = load_one(v, folder, entries[i]->d_name, e);
        }
        free(entries[i]);
    }
    free(entries);
    if (good && count == 0)
        good = error_set(e, ERROR_USAGE, "%s: expected at least one .sql file", folder);
    if (!good)
        validation_list_release(list);
    return good;
}

void validation_list_release(struct validation_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct validation *v = &list->items[i];
        char *strings[] = {v->name, v->path, v->title, v->requirements, v->remedy, v->sql};
        for (size_t j = 0; j < sizeof strings / sizeof *strings; j++)
            free(strings[j]);
    }
    free(list->items);
    *list = (struct validation_list){0};
}

static char *show_rows(const PGresult *rows, size_t offending)
{
    struct text t = {0};
    int count = PQntuples(rows);
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < PQnfields(rows); j++)
            text_append_format(&t, "%s%s=%.*s", j ? " " : "", PQfname(rows, j), longest_value_shown,
                               PQgetisnull(rows, i, j) ? "NULL" : PQgetvalue(rows, i, j));
        text_append(&t, "\n");
    }
    if (offending > (size_t)count)
        text_append_format(&t, "and %zu more\n", offending - (size_t)count);
    return text_detach(&t);
}

/*
 * By a cursor: the first rows come here, the others are counted where they are, however many
 * (PostgreSQL manual, MOVE). Its query is planned for all of its rows, as it would be without one.
 */
static bool read_offending(struct connection *c, const struct validation *v,
                           struct validation_result *result, struct error *e)
{
    char *declare = memory_format("DECLARE pgrehearse_validation NO SCROLL CURSOR FOR\n%s", v->sql);
    char *fetch = memory_format("FETCH %d FROM pgrehearse_validation", most_rows_shown);
    PGresult *declared = NULL, *rows = NULL, *rest = NULL;
    if (connection_run(c, "SET LOCAL cursor_tuple_fraction = 1", e) &&
        (declared = connection_query(c, declare, 0, NULL, e)))
        rows = connection_query(c, fetch, 0, NULL, e);
    if (rows)
        rest = connection_query(c, "MOVE FORWARD ALL FROM pgrehearse_validation", 0, NULL, e);
    if (rest)
        result->offending = (size_t)PQntuples(rows) + strtoul(PQcmdTuples(rest), NULL, 10);
    if (result->offending)
        result->rows = show_rows(rows, result->offending);
    PQclear(rest);
    PQclear(rows);
    PQclear(declared);
    free(fetch);
    free(declare);
    return rest != NULL;
}

bool validation_run(struct connection *c, const struct validation *v,
                    struct validation_result *result, struct error *e)
{
    *result = (struct validation_result){0};
    if (!connection_run(c, "BEGIN READ ONLY", e))
        return false;
    struct error ending = {0};
    bool good = read_offending(c, v, result, e);
    return connection_run(c, "ROLLBACK", good ? e : &ending) && good;
}

/* The line of the file in which the server stumbled; 0: it did not say. */
static unsigned line_of_error(const PGresult *result, const char *sql)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    size_t characters = position ? strtoul(position, NULL, 10) : 0;
    unsigned line = characters ? 1 : 0;
    for (const char *p = sql; *p && characters > 1; p++) {
        line += *p == '\n';
        characters -= ((unsigned char)p[1] & 0xc0) != 0x80;
    }
    return line;
}

bool validation_check_syntax(struct connection *c, const struct validation *v, struct error *e)
{
    static const char not_sql[] = "42601"; /* also what is said of several queries */
    PGresult *result = PQprepare(c->pg, "", v->sql, 0, NULL);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state && strcmp(state, not_sql) == 0) {
        unsigned line = line_of_error(result, v->sql);
        if (line)
            error_set(e, ERROR_USAGE, "%s, line %u: not SQL: %s", v->path, line,
                      PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
        else
            error_set(e, ERROR_USAGE, "%s: expected one query", v->path);
    }
    PQclear(result);
    return e->kind == ERROR_NONE;
}

void validation_result_release(struct validation_result *result)
{
    free(result->rows);
    *result = (struct validation_result){0};
}

bool validation_tell_rows(struct connection *c, const char *table, uint64_t rows, struct error *e)
{
    if (table[strspn(table, "abcdefghijklmnopqrstuvwxyz0123456789_")])
        return true;
    char *setting = memory_format("pgrehearse.rows_%s", table);
    char *value = memory_format("%llu", (unsigned long long)rows);
    const char *const values[] = {setting, value};
    PGresult *result = connection_query(c, "SELECT set_config($1, $2, false)", 2, values, e);
    PQclear(result);
    free(value);
    free(setting);
    return result != NULL;
}
