#include "production/certificates/certificate_compare.h"

#include <math.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/valid_text.h"
#include "schema/delta.h"

static const double clock_skew = 600; /* seconds that another machine's clock may be ahead */
enum { SHOWN_OBJECTS = 5, SHOWN_ROWS = 10 };

void certificate_add_point(struct certificate_differences *d, enum certificate_agreement agreement,
                           const char *about, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    struct certificate_point *p = memory_append(&d->items, &d->count, sizeof *d->items);
    *p = (struct certificate_point){agreement, about, valid_line(text)};
    d->differing += agreement == CERTIFICATE_DIFFERS;
    free(text);
}

void certificate_differences_release(struct certificate_differences *d)
{
    for (size_t i = 0; i < d->count; i++)
        free(d->items[i].text);
    free(d->items);
    *d = (struct certificate_differences){0};
}

#define AGREES(...)  certificate_add_point(d, CERTIFICATE_AGREES, __VA_ARGS__)
#define DIFFERS(...) certificate_add_point(d, CERTIFICATE_DIFFERS, __VA_ARGS__)
#define NOTE(...)    certificate_add_point(d, CERTIFICATE_NOTE, __VA_ARGS__)

static const char *or_none(const char *text)
{
    return text && *text ? text : "none";
}

static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Seconds since 1970 of "2025-10-11T09:30:00Z"; NAN where it is not such a date. */
static double seconds_of(const char *date)
{
    struct tm parts = {0};
    const char *end = strptime(date, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return end && !*end ? (double)timegm(&parts) : (double)NAN;
}

static void compare_age(const struct certificate *c, time_t at, double days,
                        struct certificate_differences *d)
{
    double age = (double)at - seconds_of(c->made_at);
    if (isnan(age))
        DIFFERS("age", "'%s' is not a date", c->made_at);
    else if (age < -clock_skew)
        DIFFERS("age", "it is dated %s, in the future", c->made_at);
    else if (age > days * 86400)
        DIFFERS("age", "made %s, %.1f days ago; the maximum age is %g days", c->made_at,
                age / 86400, days);
    else
        AGREES("age", "made %s, at most %g days ago", c->made_at, days);
}

static void compare_suite(const struct certificate_ground *was,
                          const struct certificate_ground *now, struct certificate_differences *d)
{
    if (!same(was->suite, now->suite))
        DIFFERS("suite", "certified with the suite %s, not with %s", was->suite, now->suite);
    else if (!same(was->suite_digest, now->suite_digest))
        DIFFERS("suite", "%s has changed: suite.yaml, or a file that it names", now->suite);
    else if (!same(was->baseline, now->baseline) || !same(was->target, now->target))
        DIFFERS("suite", "certified from %s to %s, not from %s to %s", or_none(was->baseline),
                or_none(was->target), or_none(now->baseline), or_none(now->target));
    else
        AGREES("suite", "%s, unchanged", now->suite);
}

static void compare_migrator(const struct certificate_ground *was,
                             const struct certificate_ground *now,
                             struct certificate_differences *d)
{
    if (!same(was->migrator, now->migrator))
        DIFFERS("migrator", "certified with %s, not with %s", was->migrator, now->migrator);
    else if (!same(was->migrator_version, now->migrator_version))
        DIFFERS("migrator", "%s: certified with version %s, found %s", now->migrator,
                or_none(was->migrator_version), or_none(now->migrator_version));
    else
        AGREES("migrator", "%s, version %s", now->migrator, or_none(now->migrator_version));
}

/* Both lists are sorted by path. */
static void compare_files(const struct certificate_ground *was,
                          const struct certificate_ground *now, struct certificate_differences *d)
{
    size_t before = d->differing;
    for (size_t i = 0, j = 0; i < was->file_count || j < now->file_count;) {
        int order = i == was->file_count   ? 1
                    : j == now->file_count ? -1
                                           : strcmp(was->files[i].path, now->files[j].path);
        if (order < 0)
            DIFFERS("migrations", "%s is missing", was->files[i].path);
        else if (order > 0)
            DIFFERS("migrations", "%s is new", now->files[j].path);
        else if (!same(was->files[i].sha256, now->files[j].sha256))
            DIFFERS("migrations", "%s has changed", now->files[j].path);
        i += order <= 0;
        j += order >= 0;
    }
    if (was->file_count == 0)
        DIFFERS("migrations", "it covers no file");
    else if (d->differing == before)
        AGREES("migrations", "%zu file%s, unchanged", now->file_count,
               now->file_count == 1 ? "" : "s");
}

static void compare_version(const struct certificate_ground *was,
                            const struct certificate_ground *now, struct certificate_differences *d)
{
    if (!was->server_version || !*was->server_version)
        NOTE("server", "PostgreSQL %s; the certified version is unknown",
             or_none(now->server_version));
    else if (!same(was->server_version, now->server_version))
        DIFFERS("server", "certified on PostgreSQL %s, this is %s", was->server_version,
                or_none(now->server_version));
    else
        AGREES("server", "PostgreSQL %s", now->server_version);
}

static const char *extension_version(const struct certificate_ground *g, const char *name)
{
    for (size_t i = 0; i < g->extension_count; i++)
        if (strcmp(g->extensions[i].name, name) == 0)
            return g->extensions[i].value;
    return NULL;
}

static void compare_extensions(const struct certificate_ground *was,
                               const struct certificate_ground *now,
                               struct certificate_differences *d)
{
    for (size_t i = 0; i < was->extension_count; i++) {
        const struct circumstance *x = &was->extensions[i];
        const char *version = extension_version(now, x->name);
        if (!version)
            DIFFERS("extensions", "%s %s is missing", x->name, x->value);
        else if (!same(version, x->value) && (was->terms.without & COPY_EXTENSIONS))
            NOTE("extensions", "rehearsed with %s %s, this is %s", x->name, x->value, version);
        else if (!same(version, x->value))
            DIFFERS("extensions", "certified with %s %s, this is %s", x->name, x->value, version);
        else
            AGREES("extensions", "%s %s", x->name, version);
    }
}

static void compare_revision(const struct certificate_ground *was,
                             const struct certificate_ground *now,
                             struct certificate_differences *d)
{
    if (!now->revision)
        NOTE("revision", "not asked");
    else if (!was->revision || !*was->revision)
        NOTE("revision", "%s; the certified revision is unknown", or_none(now->revision));
    else if (!same(was->revision, now->revision))
        DIFFERS("revision", "certified at %s, the database is at %s", was->revision,
                or_none(now->revision));
    else
        AGREES("revision", "%s", now->revision);
}

static void name_objects(const struct certificate_ground *was, const struct certificate_ground *now,
                         struct certificate_differences *d)
{
    struct delta delta = {0};
    struct delta_differences found = {0};
    delta_compute(&was->schema, &now->schema, &delta);
    delta_compare(&delta, NULL, &found);
    for (size_t i = 0; i < found.count && i < SHOWN_OBJECTS; i++)
        DIFFERS("schema", "%s", found.items[i].message);
    if (found.count > SHOWN_OBJECTS)
        DIFFERS("schema", "and %zu more differences", found.count - SHOWN_OBJECTS);
    if (found.count == 0)
        DIFFERS("schema", "it is not the certified one");
    delta_differences_release(&found);
    delta_release(&delta);
}

static void compare_schema(const struct certificate_ground *was,
                           const struct certificate_ground *now, struct certificate_differences *d)
{
    if (!*was->schema_digest)
        NOTE("schema", "the certified one is unknown");
    else if (same(was->schema_digest, now->schema_digest))
        AGREES("schema", "as certified");
    else if (was->schema.count)
        name_objects(was, now, d);
    else
        DIFFERS("schema", "it is not the certified one");
}

static const struct certificate_rows *find_rows(const struct certificate_ground *g,
                                                const char *table)
{
    for (size_t i = 0; i < g->table_count; i++)
        if (strcmp(g->tables[i].table, table) == 0)
            return &g->tables[i];
    return NULL;
}

static void compare_rows(const struct certificate_ground *was, const struct certificate_ground *now,
                         struct certificate_differences *d)
{
    size_t shown = 0, other = 0;
    for (size_t i = 0; i < was->table_count; i++) {
        const struct certificate_rows *before = &was->tables[i];
        const struct certificate_rows *after = find_rows(now, before->table);
        if (!after || after->rows == before->rows)
            continue;
        if (++other > SHOWN_ROWS)
            continue;
        shown++;
        double change = (double)after->rows - (double)before->rows;
        if (before->rows)
            NOTE("rows", "%s: %llu rows, %.1f %% %s than certified", before->table,
                 (unsigned long long)after->rows, fabs(change) / (double)before->rows * 100,
                 change > 0 ? "more" : "fewer");
        else
            NOTE("rows", "%s: %llu rows, none were certified", before->table,
                 (unsigned long long)after->rows);
    }
    if (other > shown)
        NOTE("rows", "and %zu more tables with another number of rows", other - shown);
    if (other == 0 && was->table_count)
        AGREES("rows", "as many as certified");
}

static void compare_database(const struct certificate_ground *was,
                             const struct certificate_ground *now,
                             struct certificate_differences *d)
{
    if (!was->with_database) {
        DIFFERS("database", "it names no database");
        return;
    }
    bool other_cluster = was->system_identifier && now->system_identifier &&
                         !same(was->system_identifier, now->system_identifier);
    if (was->database && (other_cluster || !same(was->database, now->database)))
        DIFFERS("database", "%s%s; the certified one was %s: certify this one, or a dump of it",
                or_none(now->database), other_cluster ? " of another cluster" : "", was->database);
    compare_version(was, now, d);
    compare_extensions(was, now, d);
    compare_revision(was, now, d);
    compare_schema(was, now, d);
    compare_rows(was, now, d);
}

void certificate_compare(const struct certificate *c, const struct certificate_ground *now,
                         time_t at, double days, struct certificate_differences *d)
{
    if (same(c->verdict, "passed"))
        AGREES("verdict", "passed");
    else
        DIFFERS("verdict", "the certification ended with '%s'", c->verdict);
    compare_age(c, at, days, d);
    compare_suite(&c->ground, now, d);
    compare_migrator(&c->ground, now, d);
    compare_files(&c->ground, now, d);
    if (now->with_database)
        compare_database(&c->ground, now, d);
}
