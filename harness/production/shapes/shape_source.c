#include "production/shapes/shape_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postgres/reading.h"
#include "postgres/server_version.h"
#include "postgres/url.h"
#include "production/shapes/json_lines.h"
#include "production/shapes/shape_statements.h"
#include "production/sources/source_address.h"
#include "production/sql.h"
#include "shape/shape.h"

/* Fields of the answers to shape_settings.sql and shape_tables.sql. */
enum { SETTING_ROLE, SETTING_PLACE, SETTING_NAME, SETTING_VALUE };
enum { TABLE_NAME, TABLE_FACTS, TABLE_INDEXES, TABLE_COLUMNS, TABLE_KNOWN, TABLE_NUMBER };

struct taking {
    const struct shape_request *request;
    struct connection connection;
    struct text *json, *notes;
    PGresult *settings;
};

static PGresult *ask(struct taking *t, const char *sql, struct error *e)
{
    return connection_query(&t->connection, sql, 0, NULL, e);
}

/* A list of objects, one a line. */
static void begin_list(struct text *json, const char *indent, const char *name)
{
    text_append_format(json, ",\n%s\"%s\": [", indent, name);
}

static void end_list(struct text *json, const char *indent, bool any)
{
    text_append_format(json, "%s%s]", any ? "\n" : "", any ? indent : "");
}

static bool add_rows(struct taking *t, const char *name, const char *sql, struct error *e)
{
    PGresult *rows = ask(t, sql, e);
    begin_list(t->json, "  ", name);
    for (int i = 0; rows && i < PQntuples(rows); i++) {
        text_append(t->json, i ? ",\n    " : "\n    ");
        json_append_row(t->json, rows, i, 0);
    }
    end_list(t->json, "  ", rows && PQntuples(rows));
    bool good = rows != NULL;
    PQclear(rows);
    return good;
}

static bool add_server(struct taking *t, struct error *e)
{
    static const char *const names[] = {"database", "server",    "owner",
                                        "encoding", "collation", "ctype"};
    PGresult *row = ask(t, sql_shape_server, e);
    text_append_format(t->json, "{\n  \"shape\": %d", SHAPE_FORMAT);
    for (int i = 0; row && i < (int)(sizeof names / sizeof *names); i++) {
        text_append_format(t->json, ",\n  \"%s\": ", names[i]);
        json_append_string(t->json, PQgetvalue(row, 0, i));
    }
    bool good = row != NULL;
    PQclear(row);
    return good;
}

static bool is_setting_of(const PGresult *settings, int row, const char *role, const char *place)
{
    return strcmp(PQgetvalue(settings, row, SETTING_PLACE), place) == 0 &&
           strcmp(PQgetvalue(settings, row, SETTING_ROLE), role) == 0;
}

static size_t count_settings(const PGresult *settings, const char *role, const char *place)
{
    size_t count = 0;
    for (int i = 0; i < PQntuples(settings); i++)
        count += is_setting_of(settings, i, role, place);
    return count;
}

static void add_settings(struct text *json, const PGresult *settings, const char *role,
                         const char *place, const char *between)
{
    const char *next = "";
    for (int i = 0; i < PQntuples(settings); i++) {
        if (!is_setting_of(settings, i, role, place))
            continue;
        text_append_format(json, "%s%s", next, between);
        json_append_row(json, settings, i, SETTING_NAME);
        next = ",";
    }
}

static bool add_all_settings(struct taking *t, struct error *e)
{
    static const char *const places[][2] = {{"server", "settings"},
                                            {"database", "database_settings"}};
    t->settings = ask(t, sql_shape_settings, e);
    for (size_t i = 0; t->settings && i < 2; i++) {
        begin_list(t->json, "  ", places[i][1]);
        add_settings(t->json, t->settings, "", places[i][0], "\n    ");
        end_list(t->json, "  ", count_settings(t->settings, "", places[i][0]));
    }
    return t->settings != NULL;
}

/* Into the object of a role, which stays on its line. */
static void add_settings_of(struct taking *t, const char *role, const char *place, const char *name)
{
    if (!count_settings(t->settings, role, place))
        return;
    t->json->length--; /* its brace */
    text_append_format(t->json, ", \"%s\": [", name);
    add_settings(t->json, t->settings, role, place, "\n      ");
    text_append(t->json, "]}");
}

static bool add_roles(struct taking *t, struct error *e)
{
    PGresult *roles = ask(t, sql_shape_roles, e);
    begin_list(t->json, "  ", "roles");
    for (int i = 0; roles && i < PQntuples(roles); i++) {
        text_append(t->json, i ? ",\n    " : "\n    ");
        json_append_row(t->json, roles, i, 0);
        add_settings_of(t, PQgetvalue(roles, i, 0), "role", "settings");
        add_settings_of(t, PQgetvalue(roles, i, 0), "role here", "settings_here");
    }
    end_list(t->json, "  ", roles && PQntuples(roles));
    bool good = roles != NULL;
    PQclear(roles);
    return good;
}

/* Objects as JSON texts, a line each. */
static void add_lines(struct text *json, const char *name, const char *lines)
{
    const char *next = "";
    if (!*lines)
        return;
    begin_list(json, "      ", name);
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        char *line = memory_format("%.*s", (int)length, lines);
        text_append_format(json, "%s\n        ", next);
        json_append_value(json, line);
        free(line);
        next = ",";
        lines += length + (lines[length] == '\n');
    }
    end_list(json, "      ", true);
}

static void add_table(struct text *json, const PGresult *tables, int row)
{
    text_append(json, row ? ",\n    " : "\n    ");
    json_append_value(json, PQgetvalue(tables, row, TABLE_FACTS));
    json->length--; /* its brace */
    add_lines(json, "indexes", PQgetvalue(tables, row, TABLE_INDEXES));
    add_lines(json, "columns", PQgetvalue(tables, row, TABLE_COLUMNS));
    text_append(json, "}");
}

/* A table that is empty, or was never analysed, has no statistics either. */
static void note_unknown(struct taking *t, const PGresult *tables)
{
    int unknown = 0;
    for (int i = 0; i < PQntuples(tables); i++)
        unknown += PQgetvalue(tables, i, TABLE_KNOWN)[0] == '0';
    if (unknown)
        text_append_format(
            t->notes,
            "%d of %d tables have no statistics that this role can see: ANALYZE them, or GRANT "
            "SELECT on them (or on the columns of pg_statistic that docs/shape.md lists)\n",
            unknown, PQntuples(tables));
}

/* Without values it takes fewer rights: only those columns of pg_statistic that have none. */
static char *ask_statistics(struct taking *t, struct error *e)
{
    static const char may[] =
        "SELECT bool_and(has_column_privilege('pg_catalog.pg_statistic', c, 'SELECT')) FROM unnest("
        "'{starelid,staattnum,stainherit,stanullfrac,stawidth,stadistinct,stakind1,stakind2,"
        "stakind3,stakind4,stakind5,stanumbers1,stanumbers2,stanumbers3,stanumbers4,stanumbers5}'"
        "::text[]) c";
    const char *with_values = t->request->with_values ? "t" : "f";
    char *allowed = connection_value(&t->connection, may, 0, NULL, e);
    bool direct = allowed && *allowed == 't' && !t->request->with_values;
    char *query = memory_format("SELECT coalesce(json_agg(q), '[]') FROM (%s) q",
                                direct ? sql_shape_statistics_catalog : sql_shape_statistics);
    char *found = allowed ? connection_value(&t->connection, query, direct ? 0 : 1,
                                             direct ? NULL : &with_values, e)
                          : NULL;
    free(query);
    free(allowed);
    return found;
}

static bool add_tables(struct taking *t, struct error *e)
{
    char *statistics = ask_statistics(t, e);
    const char *const values[] = {statistics};
    PGresult *tables =
        statistics ? connection_query(&t->connection, sql_shape_tables, 1, values, e) : NULL;
    free(statistics);
    if (!tables)
        return false;
    begin_list(t->json, "  ", "tables");
    for (int i = 0; i < PQntuples(tables); i++)
        add_table(t->json, tables, i);
    end_list(t->json, "  ", PQntuples(tables));
    note_unknown(t, tables);
    bool any = PQntuples(tables) > 0;
    PQclear(tables);
    return any || error_set(e, ERROR_USAGE,
                            "the database has no table: is it the one that the application uses?");
}

static bool add_all(struct taking *t, struct error *e)
{
    bool good = add_server(t, e) && add_all_settings(t, e) &&
                add_rows(t, "extensions", sql_shape_extensions, e) && add_roles(t, e) &&
                add_rows(t, "grants", sql_shape_grants, e) && add_tables(t, e) &&
                (begin_list(t->json, "  ", "statements"),
                 shape_statements_add(&t->connection, t->json, t->notes, e));
    text_append(t->json, "]\n}\n");
    return good;
}

static bool take(struct taking *t, struct error *e)
{
    struct reading reading;
    if (!source_address_check(e) ||
        !connection_open(&t->connection, t->request->url, t->request->cancel, e))
        return false;
    return server_version_check(PQserverVersion(t->connection.pg), "it", e) &&
           reading_begin(&reading, &t->connection, e) &&
           reading_end(&reading, &t->connection, add_all(t, e), e);
}

bool shape_take(const struct shape_request *request, struct text *json, struct text *notes,
                struct error *e)
{
    struct taking t = {.request = request, .json = json, .notes = notes};
    bool good = take(&t, e);
    PQclear(t.settings);
    connection_close(&t.connection);
    if (good)
        return true;
    char *display = url_for_display(request->url);
    error_prefix(e, "the source %s", display);
    free(display);
    return false;
}
