#include "rehearsal/fixture_rows.h"

#include "base/clock.h"
#include "base/memory.h"

static void tell_progress(void *context, const char *table, uint64_t done, uint64_t total)
{
    struct rehearsal *r = context;
    event_progress(r->run->events, r->record, table, (double)done, (double)total);
}

/* The run's sizes, except for those that the fixture sets itself; the caller frees it. */
static struct generator_size *sizes_for(const struct run *run, const struct suite_fixture *f)
{
    struct generator_size *sizes = memory_zeroed(run->ground.size_count, sizeof *sizes);
    for (size_t i = 0; i < run->ground.size_count; i++) {
        sizes[i] = run->ground.sizes[i];
        for (unsigned j = 0; j < f->size_count; j++)
            if (strcmp(f->sizes[j].name, sizes[i].name) == 0)
                sizes[i].value = f->sizes[j].value;
    }
    return sizes;
}

static bool generate(struct rehearsal *r, struct connection *c, const struct suite_fixture *f,
                     struct fixture_rows *rows, struct error *e)
{
    char *path = suite_path(r->run->ground.suite, f->recipe);
    struct generator_size *sizes = sizes_for(r->run, f);
    struct generator_request request = {.recipe_path = path,
                                        .sizes = sizes,
                                        .size_count = r->run->ground.size_count,
                                        .seed = r->run->ground.seed,
                                        .progress = tell_progress,
                                        .context = r};
    double started = clock_seconds();
    bool good = generator_run(c, &request, &rows->counts, e);
    rows->seconds = clock_seconds() - started;
    free(sizes);
    free(path);
    return good;
}

bool fixture_rows_make(struct rehearsal *r, struct connection *c, const struct suite_fixture *f,
                       struct fixture_rows *rows, struct error *e)
{
    *rows = (struct fixture_rows){0};
    return (!f->sql || ground_run_script(&r->run->ground, c, f->sql, e)) &&
           (!f->recipe || generate(r, c, f, rows, e));
}

uint64_t fixture_rows_of(const struct fixture_rows *rows, const struct suite_fixture *f,
                         const char *table)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < f->row_count; i++)
        if (strcmp(f->rows[i].table, table) == 0)
            sum += f->rows[i].count;
    for (size_t i = 0; i < rows->counts.count; i++)
        if (strcmp(rows->counts.tables[i].table, table) == 0)
            sum += rows->counts.tables[i].rows;
    return sum;
}

void fixture_rows_release(struct fixture_rows *rows)
{
    generator_counts_release(&rows->counts);
    *rows = (struct fixture_rows){0};
}
