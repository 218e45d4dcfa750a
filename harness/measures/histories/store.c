#include "measures/histories/store.h"

#include <stdlib.h>

#include "measures/histories/store_postgres.h"
#include "measures/histories/store_sqlite.h"

/* The first that takes a place has it. */
static const struct store_kind *const kinds[] = {&store_postgres, &store_sqlite};

static const struct store_kind *kind_of(const char *where)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i]->takes(where))
            return kinds[i];
    return NULL;
}

bool store_check_place(const char *where, struct error *e)
{
    if (!where[0])
        return error_set(e, ERROR_USAGE, "expected a file or a PostgreSQL URL");
    const struct store_kind *kind = kind_of(where);
    if (!kind) /* a mistyped URL would become a file whose name holds a password */
        return error_set(e, ERROR_USAGE, "expected a file or a URL that begins with postgresql://");
    return kind->check_place(where, e);
}

static bool name_place(const struct store *s, bool good, struct error *e)
{
    return good || error_prefix(e, "the history %s", s->display);
}

bool store_open(struct store *s, const char *where, enum store_mode mode,
                const struct cancel *cancel, struct error *e)
{
    *s = (struct store){.cancel = cancel};
    if (!store_check_place(where, e))
        return false;
    s->kind = kind_of(where);
    s->display = s->kind->display(where);
    return name_place(s, s->kind->open(s, where, mode, e), e);
}

bool store_write_run(struct store *s, const struct stored_run *run, struct error *e)
{
    return name_place(s, s->kind->write_run(s, run, e), e);
}

bool store_list_runs(struct store *s, const struct store_run_query *q, store_run_fn *take,
                     void *context, struct error *e)
{
    return name_place(s, s->kind->list_runs(s, q, take, context, e), e);
}

bool store_read_series(struct store *s, const struct store_series_query *q, store_point_fn *take,
                       void *context, struct error *e)
{
    return name_place(s, s->kind->read_series(s, q, take, context, e), e);
}

bool store_read_values(struct store *s, const char *run, const char *scenario, store_value_fn *take,
                       void *context, struct error *e)
{
    return name_place(s, s->kind->read_values(s, run, scenario, take, context, e), e);
}

bool store_read_facts(struct store *s, const char *run, store_fact_fn *take, void *context,
                      struct error *e)
{
    return name_place(s, s->kind->read_facts(s, run, take, context, e), e);
}

void store_close(struct store *s)
{
    if (s->kind)
        s->kind->close(s);
    free(s->display);
    *s = (struct store){0};
}
