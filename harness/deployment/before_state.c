#include "deployment/before_state.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/whole_file.h"
#include "production/sources/copied_schema.h"
#include "schema/delta.h"
#include "schema/fact.h"

static const size_t longest_file = 256u << 20; /* bytes */
static const size_t most_told = 8;

static bool add_table(struct before_state *b, struct connection *c, const char *table,
                      struct error *e)
{
    struct fingerprint *f = memory_append(&b->tables, &b->table_count, sizeof *b->tables);
    return fingerprint_take(c, table, NULL, 0, f, e) || error_prefix(e, "rows of %s", table);
}

/* The tables that the approved delta drops. */
static bool add_dropped(struct before_state *b, struct connection *c, const struct suite *suite,
                        struct error *e)
{
    static const char kind[] = "table ";
    struct approved_delta approved = {0};
    char *path = suite->delta ? suite_path(suite, suite->delta) : NULL;
    bool good = !path || delta_read_approved(path, &approved, e);
    for (size_t i = 0; good && i < approved.count; i++) {
        const struct approved_line *l = &approved.lines[i];
        if (l->sign == '-' && strncmp(l->pattern, kind, strlen(kind)) == 0 &&
            !strchr(l->pattern, '*'))
            good = add_table(b, c, l->pattern + strlen(kind), e);
    }
    approved_delta_release(&approved);
    free(path);
    return good;
}

bool before_state_take(struct before_state *b, struct connection *c, const struct suite *suite,
                       struct error *e)
{
    *b = (struct before_state){0};
    bool good = snapshot_take(c, &b->schema, e);
    for (unsigned i = 0; good && i < suite->preserved_table_count; i++)
        good = add_table(b, c, suite->preserved_tables[i], e);
    b->preserved_count = b->table_count;
    good = good && add_dropped(b, c, suite, e);
    if (!good)
        before_state_release(b);
    return good;
}

static json_t *number_text(uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    return json_string(digits);
}

static json_t *names(char *const *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(array, json_string(list[i])) != 0)
            return NULL;
    return array;
}

static json_t *table_object(const struct fingerprint *f)
{
    json_t *sums = json_array();
    for (size_t i = 0; i < f->column_count; i++)
        json_array_append_new(sums,
                              number_text(f->state == FINGERPRINT_TAKEN ? f->column_sums[i] : 0));
    return json_pack("{s:s, s:b, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "table", f->table, "there",
                     (int)(f->state == FINGERPRINT_TAKEN), "columns",
                     names(f->columns, f->column_count), "keys", names(f->keys, f->key_count),
                     "has_key", (int)f->has_key, "rows", number_text(f->rows), "low",
                     number_text(f->sum_low), "high", number_text(f->sum_high), "sums", sums);
}

static json_t *state_object(const struct before_state *b)
{
    json_t *lines = json_array(), *users = json_array(), *tables = json_array();
    for (size_t i = 0; i < b->schema.count; i++) {
        const char *user = b->schema.users ? b->schema.users[i] : NULL;
        if (json_array_append_new(lines, json_string(b->schema.lines[i])) != 0 ||
            json_array_append_new(users, user ? json_string(user) : json_null()) != 0)
            return NULL;
    }
    for (size_t i = 0; i < b->table_count; i++)
        if (json_array_append_new(tables, table_object(&b->tables[i])) != 0)
            return NULL;
    return json_pack("{s:o, s:o, s:o, s:I}", "lines", lines, "users", users, "tables", tables,
                     "preserved", (json_int_t)b->preserved_count);
}

static bool on_disk(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

bool before_state_write(const struct before_state *b, const char *path, struct error *e)
{
    json_t *o = state_object(b);
    char *dumped = o ? json_dumps(o, JSON_COMPACT) : NULL;
    bool good = dumped || error_set(e, ERROR_UNAVAILABLE,
                                    "%s: the database has a name that is not valid UTF-8", path);
    good = good && whole_file_write(path, dumped, strlen(dumped), e);
    if (good && !on_disk(path))
        good = error_set(e, ERROR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
    free(dumped);
    json_decref(o);
    return good;
}

static bool read_number(json_t *o, const char *key, uint64_t *number)
{
    const char *digits = json_string_value(json_object_get(o, key));
    if (!digits || !*digits || digits[strspn(digits, "0123456789")])
        return false;
    *number = strtoull(digits, NULL, 10);
    return true;
}

static bool read_names(json_t *array, char ***list, size_t *count)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        if (!name)
            return false;
        *(char **)memory_append(list, count, sizeof **list) = memory_copy_of(name);
    }
    return json_is_array(array);
}

static bool read_table(struct before_state *b, json_t *o)
{
    struct fingerprint *f = memory_append(&b->tables, &b->table_count, sizeof *b->tables);
    const char *table = json_string_value(json_object_get(o, "table"));
    json_t *sums = json_object_get(o, "sums");
    if (!table || !read_names(json_object_get(o, "columns"), &f->columns, &f->column_count) ||
        !read_names(json_object_get(o, "keys"), &f->keys, &f->key_count) ||
        !read_number(o, "rows", &f->rows) || !read_number(o, "low", &f->sum_low) ||
        !read_number(o, "high", &f->sum_high) || json_array_size(sums) != f->column_count)
        return false;
    f->table = memory_copy_of(table);
    f->has_key = json_is_true(json_object_get(o, "has_key"));
    if (!json_is_true(json_object_get(o, "there")))
        f->state = FINGERPRINT_TABLE_GONE;
    f->column_sums = memory_zeroed(f->column_count, sizeof *f->column_sums);
    for (size_t i = 0; i < f->column_count; i++) {
        const char *digits = json_string_value(json_array_get(sums, i));
        f->column_sums[i] = digits ? strtoull(digits, NULL, 10) : 0;
    }
    return true;
}

static bool read_state(struct before_state *b, json_t *o)
{
    json_t *lines = json_object_get(o, "lines"), *users = json_object_get(o, "users");
    json_t *tables = json_object_get(o, "tables");
    if (json_array_size(lines) == 0 || json_array_size(users) != json_array_size(lines) ||
        !read_names(lines, &b->schema.lines, &b->schema.count))
        return false;
    b->schema.users = memory_zeroed(b->schema.count, sizeof *b->schema.users);
    for (size_t i = 0; i < b->schema.count; i++)
        b->schema.users[i] = memory_copy_of(json_string_value(json_array_get(users, i)));
    for (size_t i = 0; i < json_array_size(tables); i++)
        if (!read_table(b, json_array_get(tables, i)))
            return false;
    json_int_t preserved = json_integer_value(json_object_get(o, "preserved"));
    b->preserved_count = (size_t)preserved;
    return preserved >= 0 && b->preserved_count <= b->table_count;
}

bool before_state_read(struct before_state *b, const char *path, struct error *e)
{
    struct text content = {0};
    json_error_t ignored;
    *b = (struct before_state){0};
    if (!text_read_file(&content, path, longest_file))
        return error_set(e, ERROR_UNAVAILABLE,
                         "%s, the record of the database before the deployment, cannot be read: %s",
                         path, file_reason(errno));
    json_t *o = json_loadb(text_string(&content), content.length, JSON_REJECT_DUPLICATES, &ignored);
    text_release(&content);
    bool good = o && read_state(b, o);
    json_decref(o);
    if (good)
        return true;
    before_state_release(b);
    return error_set(e, ERROR_UNAVAILABLE,
                     "%s, the record of the database before the deployment, is damaged", path);
}

static void tell(struct text *t, size_t number, const char *message)
{
    if (number < most_told)
        text_append_format(t, "%s%s", t->length ? "; " : "", message);
    else if (number == most_told)
        text_append(t, "; and more");
}

static bool names_tablespace(const struct approved_delta *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (strstr(a->lines[i].pattern, " tablespace="))
            return true;
    return false;
}

bool before_state_compare_schema(const struct before_state *b, struct connection *c,
                                 const struct suite *suite, bool approved, struct text *differences,
                                 struct error *e)
{
    struct snapshot now = {0}, before = {0}, after = {0};
    struct delta delta = {0};
    struct delta_differences found = {0};
    struct approved_delta allowed = {0};
    char *path = approved && suite->delta ? suite_path(suite, suite->delta) : NULL;
    bool good = (!path || delta_read_approved(path, &allowed, e)) && snapshot_take(c, &now, e);
    if (good) {
        unsigned without = names_tablespace(&allowed) ? 0 : COPY_TABLESPACES;
        copied_schema(&b->schema, without, NULL, &before);
        copied_schema(&now, without, NULL, &after);
        delta_compute(&before, &after, &delta);
        delta_compare(&delta, path ? &allowed : NULL, &found);
        for (size_t i = 0; i < found.count; i++)
            tell(differences, i, found.items[i].message);
    }
    delta_differences_release(&found);
    delta_release(&delta);
    snapshot_release(&before);
    snapshot_release(&after);
    snapshot_release(&now);
    approved_delta_release(&allowed);
    free(path);
    return good;
}

static int against_line(const void *line, const void *place)
{
    return strcmp(line, *(char *const *)place);
}

/* Its lines are in order. */
static bool has_line(const struct snapshot *s, const char *line)
{
    return s->count && bsearch(line, s->lines, s->count, sizeof *s->lines, against_line);
}

bool before_state_find_moved(const struct before_state *b, struct connection *c, struct text *moved,
                             struct error *e)
{
    struct snapshot now, before;
    struct fact fact;
    if (!snapshot_take(c, &now, e))
        return false;
    copied_schema(&b->schema, COPY_TABLESPACES, NULL, &before);
    for (size_t i = 0; i < b->schema.count; i++)
        if (!has_line(&before, b->schema.lines[i]) && !has_line(&now, b->schema.lines[i]) &&
            fact_parse(&fact, b->schema.lines[i]))
            text_append_format(moved, "%s%.*s", moved->length ? ", " : "", (int)fact.name_length,
                               fact.name);
    snapshot_release(&before);
    snapshot_release(&now);
    return true;
}

bool before_state_compare_rows(const struct before_state *b, struct connection *c, bool preserved,
                               struct text *differences, struct error *e)
{
    size_t from = preserved ? 0 : b->preserved_count, told = 0;
    size_t upto = preserved ? b->preserved_count : b->table_count;
    for (size_t i = from; i < upto; i++) {
        struct fingerprint now = {0};
        struct fingerprint_difference difference = {0};
        if (b->tables[i].state != FINGERPRINT_TAKEN)
            continue; /* it was not there; the schema tells if it is now */
        if (!fingerprint_take_again(c, &b->tables[i], &now, e))
            return false;
        fingerprint_compare(&b->tables[i], &now, &difference);
        if (difference.differs) {
            char *message = fingerprint_difference_text(&b->tables[i], &now, &difference);
            tell(differences, told++, message);
            free(message);
        }
        fingerprint_difference_release(&difference);
        fingerprint_release(&now);
    }
    return true;
}

const char **before_state_lost_tables(const struct before_state *b, size_t *count)
{
    const char **tables = NULL;
    *count = 0;
    for (size_t i = b->preserved_count; i < b->table_count; i++)
        if (b->tables[i].state == FINGERPRINT_TAKEN && b->tables[i].rows > 0)
            *(const char **)memory_append(&tables, count, sizeof *tables) = b->tables[i].table;
    size_t ended = *count;
    memory_append(&tables, &ended, sizeof *tables);
    return tables;
}

void before_state_release(struct before_state *b)
{
    for (size_t i = 0; i < b->table_count; i++)
        fingerprint_release(&b->tables[i]);
    free(b->tables);
    snapshot_release(&b->schema);
    *b = (struct before_state){0};
}
