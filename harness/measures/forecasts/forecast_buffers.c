#include "measures/forecasts/forecast_buffers.h"

#include "base/memory.h"
#include "postgres/url.h"

static const double least_buffers = 4 << 20; /* with fewer the catalogs come and go */
static const double mebibyte = 1 << 20;

/* The bytes of the table itself, without indexes and TOAST: what a scan reads. */
static bool measure(struct bench *b, const char *database, const char *table, double *bytes,
                    struct error *e)
{
    struct connection c = {0};
    char *url = url_with_database(b->run.ground.server->url, database, e);
    bool good = url && connection_open(&c, url, b->run.ground.cancel, e);
    char *identifier = good ? connection_identifier(&c, table) : NULL;
    char *size = good ? connection_value(&c, "SELECT pg_relation_size(to_regclass($1))", 1,
                                         (const char *[]){identifier}, e)
                      : NULL;
    good = size != NULL;
    *bytes = good ? strtod(size, NULL) : 0;
    free(size);
    free(identifier);
    connection_close(&c);
    free(url);
    return good;
}

static bool read_buffers(struct bench *b, double *bytes, struct error *e)
{
    char *size =
        connection_value(&b->run.ground.server->lease,
                         "SELECT pg_size_bytes(current_setting('shared_buffers'))", 0, NULL, e);
    bool good = size != NULL;
    *bytes = good ? strtod(size, NULL) : 0;
    free(size);
    return good;
}

static bool shrink(struct forecast_buffers *f, struct bench *b, const struct forecast_scale *scale,
                   double bytes, struct error *e)
{
    f->changed = true;
    f->note = memory_format("timed with shared_buffers of %.1f MB, so that %s is read as with %.0f "
                            "rows: larger than a quarter of them, through a ring of buffers",
                            bytes / mebibyte, scale->table, scale->rows);
    record_add_circumstance(&b->record, "buffers while timing", f->note);
    cluster_disconnect(b->run.ground.cluster);
    return server_set_buffers(b->run.ground.server, (uint64_t)bytes, b->run.ground.folder, e);
}

bool forecast_buffers_match(struct forecast_buffers *f, struct bench *b,
                            const struct forecast_scale *scale, struct error *e)
{
    double smallest, largest, buffers;
    *f = (struct forecast_buffers){0};
    if (!measure(b, scale->smallest, scale->table, &smallest, e) ||
        !measure(b, scale->largest, scale->table, &largest, e) || !read_buffers(b, &buffers, e))
        return false;
    double expected = largest / scale->largest_rows * scale->rows;
    bool ring = expected > (scale->buffers > 0 ? scale->buffers : buffers) / 4;
    if (ring && smallest <= buffers / 4 && b->run.ground.server->is_embedded) {
        buffers = 4 * smallest * 0.9;
        buffers = buffers > least_buffers ? buffers : least_buffers;
        if (!shrink(f, b, scale, buffers, e))
            return false;
    }
    /* a few small sizes of the other kind bend the fit little: the largest decides */
    f->differ = ring ? smallest <= buffers / 4 && largest < buffers : largest > buffers / 4;
    if (f->differ && f->changed) {
        char *said = f->note;
        f->note = memory_format("%s; but the sizes are too small even for that", said);
        free(said);
    } else if (f->differ) {
        f->note = memory_format("%s will be %s than a quarter of shared_buffers and is read in "
                                "another way then: measure %s %.0f rows, or take a wide interval",
                                scale->table, ring ? "larger" : "smaller", ring ? "above" : "below",
                                buffers / 4 / (largest / scale->largest_rows));
    }
    return true;
}

void forecast_buffers_release(struct forecast_buffers *f)
{
    free(f->note);
    *f = (struct forecast_buffers){0};
}
