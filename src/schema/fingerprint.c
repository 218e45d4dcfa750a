#include "schema/fingerprint.h"

#include <xxhash.h>

#include "base/memory.h"
#include "base/text.h"
#include "postgres/copy_reader.h"
#include "postgres/kept_query.h"
#include "postgres/reading.h"
#include "schema/fingerprint_row.h"
#include "schema/sql.h"

const size_t fingerprint_row_limit = 2000000;
static const size_t memory_limit = 256u << 20; /* bytes kept of one table */
enum {
    KEY_TEXT_LIMIT = 60,
    SHOWN_COLUMNS = 3
}; /* of a row's key, characters; without key, columns */

/* Fields of the answer to fingerprint_columns.sql. */
enum { COLUMN_NAME, COLUMN_KEY, COLUMN_AS_TEXT, COLUMN_GENERATED, COLUMN_SHORT, TABLE_NAME };

static bool is_true(const PGresult *r, int row, int field)
{
    return PQgetvalue(r, row, field)[0] == 't';
}

static int find_column(const PGresult *columns, const char *name)
{
    for (int i = 0; i < PQntuples(columns); i++)
        if (!PQgetisnull(columns, i, COLUMN_NAME) &&
            strcmp(PQgetvalue(columns, i, COLUMN_NAME), name) == 0)
            return i;
    return -1;
}

static void add_name(char ***names, size_t *count, const char *name)
{
    char **added = memory_append(names, count, sizeof *added);
    *added = memory_copy_of(name);
}

static void choose_columns(struct fingerprint *f, const PGresult *columns)
{
    for (int i = 0; i < PQntuples(columns); i++)
        if (!PQgetisnull(columns, i, COLUMN_NAME) && !is_true(columns, i, COLUMN_GENERATED))
            add_name(&f->columns, &f->column_count, PQgetvalue(columns, i, COLUMN_NAME));
}

/* The primary key in its order, else the first few columns that are short enough to show. */
static void choose_keys(struct fingerprint *f, const PGresult *columns)
{
    int count = PQntuples(columns);
    for (long place = 1; place <= count; place++)
        for (int i = 0; i < count; i++)
            if (strtol(PQgetvalue(columns, i, COLUMN_KEY), NULL, 10) == place)
                add_name(&f->keys, &f->key_count, PQgetvalue(columns, i, COLUMN_NAME));
    f->has_key = f->key_count > 0;
    for (size_t i = 0; !f->has_key && i < f->column_count && f->key_count < SHOWN_COLUMNS; i++) {
        int at = find_column(columns, f->columns[i]);
        if (at >= 0 && is_true(columns, at, COLUMN_SHORT))
            add_name(&f->keys, &f->key_count, f->columns[i]);
    }
}

static void find_gone(struct fingerprint *f, const PGresult *columns, char *const *names,
                      size_t count)
{
    for (size_t i = 0; i < count && f->state == FINGERPRINT_TAKEN; i++) {
        if (find_column(columns, names[i]) >= 0)
            continue;
        f->state = FINGERPRINT_COLUMN_GONE;
        f->gone = memory_copy_of(names[i]);
    }
}

/* COPY (SELECT key values as text, columns) TO STDOUT; keys whole where they tell rows apart. */
static char *copy_command(struct connection *c, const struct fingerprint *f,
                          const PGresult *columns)
{
    struct text sql = {0};
    text_append(&sql, "COPY (SELECT ");
    for (size_t i = 0; i < f->key_count; i++) {
        char *name = connection_identifier(c, f->keys[i]);
        text_append_format(&sql, f->has_key ? "t.%s::text, " : "left(t.%s::text, 60), ", name);
        free(name);
    }
    for (size_t i = 0; i < f->column_count; i++) {
        char *name = connection_identifier(c, f->columns[i]);
        bool as_text = is_true(columns, find_column(columns, f->columns[i]), COLUMN_AS_TEXT);
        text_append_format(&sql, "t.%s%s%s", name, as_text ? "::text" : "",
                           i + 1 < f->column_count ? ", " : "");
        free(name);
    }
    if (f->column_count == 0)
        text_append(&sql, "NULL");
    text_append_format(&sql, " FROM %s t) TO STDOUT (FORMAT binary)",
                       PQgetvalue(columns, 0, TABLE_NAME));
    return text_detach(&sql);
}

/* The key as a reader knows it: its values, long ones cut, with commas between. */
static size_t keep_key_text(struct fingerprint *f, struct text *keys,
                            const struct copy_field *fields)
{
    size_t offset = keys->length;
    for (size_t i = 0; i < f->key_count; i++) {
        size_t length = fields[i].length;
        if (i > 0)
            text_append(keys, ", ");
        if (!fields[i].data)
            text_append(keys, "NULL");
        if (length > KEY_TEXT_LIMIT) {
            length = KEY_TEXT_LIMIT;
            while (length > 0 && ((unsigned char)fields[i].data[length] & 0xC0) == 0x80)
                length--;
        }
        text_append_bytes(keys, fields[i].data, length);
        if (length < fields[i].length)
            text_append(keys, "…");
    }
    text_append_bytes(keys, "", 1);
    return offset;
}

void fingerprint_forget_rows(struct fingerprint *f)
{
    free(f->kept);
    free(f->column_hashes);
    free(f->key_text);
    f->kept = NULL;
    f->column_hashes = NULL;
    f->key_text = NULL;
    f->key_text_length = 0;
    f->detailed = false;
}

static size_t bytes_kept(const struct fingerprint *f)
{
    size_t row = sizeof(struct fingerprint_row) + f->column_count * sizeof(uint64_t);
    return (size_t)f->rows * row + f->key_text_length;
}

static void keep_row(struct fingerprint *f, const struct copy_field *fields,
                     const struct fingerprint_row *row, const uint64_t *hashes)
{
    size_t count = (size_t)f->rows;
    if (count >= fingerprint_row_limit || bytes_kept(f) >= memory_limit) {
        fingerprint_forget_rows(f);
        return;
    }
    if ((count & (count - 1)) == 0) {
        size_t capacity = count ? 2 * count : 1;
        f->column_hashes = memory_resized(f->column_hashes, capacity * (f->column_count + 1),
                                          sizeof *f->column_hashes);
    }
    if (f->column_count)
        memcpy(f->column_hashes + count * f->column_count, hashes,
               f->column_count * sizeof *hashes);
    struct text keys = {f->key_text, f->key_text_length, f->key_text_capacity};
    struct fingerprint_row *kept = memory_append(&f->kept, &count, sizeof *kept);
    *kept = *row;
    kept->key_offset = keep_key_text(f, &keys, fields);
    f->key_text = keys.data;
    f->key_text_length = keys.length;
    f->key_text_capacity = keys.capacity;
}

uint64_t fingerprint_null_hash(size_t column)
{
    static const char null_length[] = {'\xff', '\xff', '\xff', '\xff'}; /* -1, and no bytes */
    return XXH3_64bits_withSeed(null_length, sizeof null_length, column);
}

/* A field's bytes with the length before them, so that '' and NULL and "ab","c" differ. */
static size_t encoded_length(const struct copy_field *field)
{
    return 4 + (field->data ? field->length : 0);
}

static void take_row(void *context, const struct copy_field *fields, const char *end)
{
    struct fingerprint *f = context;
    const struct copy_field *values = fields + f->key_count;
    uint64_t *hashes = f->row_hashes;
    /* the key too, or two rows that swap their values would go unseen */
    const char *start = f->has_key ? fields[0].start : values[0].start;
    XXH128_hash_t whole = XXH3_128bits(start, (size_t)(end - start));
    XXH128_hash_t key = whole;
    if (f->has_key)
        key = XXH3_128bits(fields[0].start, (size_t)(values[0].start - fields[0].start));
    for (size_t i = 0; i < f->column_count; i++) {
        hashes[i] = XXH3_64bits_withSeed(values[i].start, encoded_length(&values[i]), i);
        uint64_t pair[2] = {f->has_key ? key.low64 : 0, hashes[i]};
        f->column_sums[i] += XXH3_64bits(pair, sizeof pair);
    }
    struct fingerprint_row row = {key.low64, key.high64, whole.low64, whole.high64, 0};
    f->sum_low += whole.low64;
    f->sum_high += whole.high64 + (f->sum_low < whole.low64);
    if (f->detailed)
        keep_row(f, fields, &row, hashes);
    f->rows++;
}

static bool stream(struct connection *c, struct fingerprint *f, const char *sql, struct error *e)
{
    f->detailed = !f->sums_only;
    f->column_sums = memory_zeroed(f->column_count, sizeof *f->column_sums);
    f->row_hashes = memory_zeroed(f->column_count, sizeof *f->row_hashes);
    size_t values = f->column_count ? f->column_count : 1;
    struct copy_reader reader = {
        .field_count = f->key_count + values, .on_row = take_row, .context = f};
    bool good = connection_copy_begin(c, sql, e);
    bool sensible = true;
    while (good) {
        char *data = NULL;
        int length = connection_copy_get(c, &data, e);
        if (length <= 0) {
            good = length == 0;
            break;
        }
        sensible = sensible && copy_reader_feed(&reader, data, (size_t)length);
        PQfreemem(data);
    }
    if (good && (!sensible || !reader.ended))
        good = error_set(e, ERROR_UNAVAILABLE, "the server sent no complete binary COPY");
    copy_reader_release(&reader);
    free(f->row_hashes);
    f->row_hashes = NULL;
    return good;
}

/* Columns and keys are those in `f` already, or are chosen here. */
static bool take(struct connection *c, struct fingerprint *f, bool chosen, bool all_columns,
                 struct error *e)
{
    const char *values[] = {f->table};
    PGresult *columns = kept_query(c, sql_fingerprint_columns, 1, values, e);
    if (!columns)
        return false;
    bool good = true;
    if (PQntuples(columns) == 0) {
        f->state = FINGERPRINT_TABLE_GONE;
    } else {
        if (all_columns)
            choose_columns(f, columns);
        find_gone(f, columns, f->columns, f->column_count);
        if (!chosen)
            choose_keys(f, columns);
        find_gone(f, columns, f->keys, f->key_count);
        char *sql = f->state == FINGERPRINT_TAKEN ? copy_command(c, f, columns) : NULL;
        good = !sql || stream(c, f, sql, e);
        free(sql);
    }
    PQclear(columns);
    return good;
}

static bool take_reading(struct connection *c, struct fingerprint *f, bool chosen, bool all_columns,
                         struct error *e)
{
    struct reading reading;
    bool good = reading_begin_of_one(&reading, c, e);
    if (good)
        good = reading_end(&reading, c, take(c, f, chosen, all_columns, e), e);
    if (good)
        return true;
    error_prefix(e, "cannot read the rows of %s", f->table);
    fingerprint_release(f);
    return false;
}

bool fingerprint_take(struct connection *c, const char *table, const char *const *columns,
                      size_t column_count, struct fingerprint *f, struct error *e)
{
    *f = (struct fingerprint){.table = memory_copy_of(table)};
    for (size_t i = 0; columns && i < column_count; i++)
        add_name(&f->columns, &f->column_count, columns[i]);
    return take_reading(c, f, false, columns == NULL, e);
}

bool fingerprint_take_sums(struct connection *c, const char *table, struct fingerprint *f,
                           struct error *e)
{
    *f = (struct fingerprint){.table = memory_copy_of(table), .sums_only = true};
    return take_reading(c, f, false, true, e);
}

bool fingerprint_take_again(struct connection *c, const struct fingerprint *before,
                            struct fingerprint *f, struct error *e)
{
    *f = (struct fingerprint){.table = memory_copy_of(before->table), .has_key = before->has_key};
    for (size_t i = 0; i < before->column_count; i++)
        add_name(&f->columns, &f->column_count, before->columns[i]);
    for (size_t i = 0; i < before->key_count; i++)
        add_name(&f->keys, &f->key_count, before->keys[i]);
    return take_reading(c, f, true, false, e);
}

/* COPY (SELECT keys as text, columns FROM …) TO STDOUT */
static char *copy_terms(const struct fingerprint_terms *terms)
{
    struct text sql = {0};
    text_append(&sql, "COPY (SELECT ");
    for (size_t i = 0; i < terms->key_count; i++)
        text_append_format(&sql, terms->has_key ? "(%s)::text, " : "left((%s)::text, 60), ",
                           terms->keys[i].expression);
    for (size_t i = 0; i < terms->column_count; i++)
        text_append_format(&sql, "%s%s", i ? ", " : "", terms->columns[i].expression);
    if (terms->column_count == 0)
        text_append(&sql, "NULL");
    text_append_format(&sql, " FROM %s t) TO STDOUT (FORMAT binary)", terms->from);
    return text_detach(&sql);
}

bool fingerprint_take_terms(struct connection *c, const struct fingerprint_terms *terms,
                            struct fingerprint *f, struct error *e)
{
    *f = (struct fingerprint){.table = memory_copy_of(terms->name), .has_key = terms->has_key};
    for (size_t i = 0; i < terms->column_count; i++)
        add_name(&f->columns, &f->column_count, terms->columns[i].name);
    for (size_t i = 0; i < terms->key_count; i++)
        add_name(&f->keys, &f->key_count, terms->keys[i].name);
    struct reading reading;
    char *sql = copy_terms(terms);
    bool good = reading_begin(&reading, c, e);
    if (good)
        good = reading_end(&reading, c, stream(c, f, sql, e), e);
    free(sql);
    if (good)
        return true;
    error_prefix(e, "cannot read the rows of %s", terms->name);
    fingerprint_release(f);
    return false;
}

void fingerprint_digest(const struct fingerprint *f, char digest[FINGERPRINT_DIGEST_LENGTH + 1])
{
    digest[0] = '\0';
    if (f->state != FINGERPRINT_TAKEN)
        return;
    struct text t = {0};
    text_append_format(&t, "%llu %016llx%016llx", (unsigned long long)f->rows,
                       (unsigned long long)f->sum_high, (unsigned long long)f->sum_low);
    for (size_t i = 0; i < f->column_count; i++) {
        text_append_bytes(&t, "", 1); /* no column's name holds a NUL */
        text_append(&t, f->columns[i]);
    }
    XXH128_hash_t hash = XXH3_128bits(text_string(&t), t.length);
    snprintf(digest, FINGERPRINT_DIGEST_LENGTH + 1, "%016llx%016llx",
             (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    text_release(&t);
}

void fingerprint_release(struct fingerprint *f)
{
    for (size_t i = 0; i < f->column_count; i++)
        free(f->columns[i]);
    for (size_t i = 0; i < f->key_count; i++)
        free(f->keys[i]);
    free(f->columns);
    free(f->keys);
    free(f->table);
    free(f->gone);
    free(f->column_sums);
    free(f->row_hashes);
    fingerprint_forget_rows(f);
    *f = (struct fingerprint){0};
}
