#include "testing/throwaways.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ground/throwaway.h"
#include "postgres/url.h"
#include "testing/trouble.h"

struct pgr_throwaway {
    struct pgr_template *template;
    char *database, *url;
    struct pgr_throwaway *before; /* made before this one; NULL: this was the first that is left */
};

static void release(struct pgr_throwaway *d)
{
    free(d->database);
    free(d->url);
    free(d);
}

void throwaways_forget(struct pgr_template *t)
{
    while (t->newest) {
        struct pgr_throwaway *d = t->newest;
        t->newest = d->before;
        release(d);
    }
}

static bool make(struct pgr_throwaway *d, struct error *e)
{
    struct pgr_template *t = d->template;
    char *purpose = memory_format("test %zu", ++t->made);
    d->database = throwaway_name(t->folder.id, purpose);
    free(purpose);
    return throwaway_create(&t->work, d->database, t->database, t->folder.id, e) &&
           (d->url = url_with_database(t->server.migrator_url, d->database, e));
}

struct pgr_throwaway *pgr_throwaway(struct pgr_template *t, struct pgr_error *public)
{
    struct error e = {0};
    struct pgr_throwaway *d = memory_zeroed(1, sizeof *d);
    d->template = t;
    pthread_mutex_lock(&t->busy);
    bool good = make(d, &e);
    if (good) {
        d->before = t->newest;
        t->newest = d;
    }
    pthread_mutex_unlock(&t->busy);
    if (good)
        return d;
    release(d);
    trouble_report(&e, public);
    return NULL;
}

const char *pgr_throwaway_url(const struct pgr_throwaway *d)
{
    return d->url;
}

static void forget(struct pgr_throwaway *d)
{
    struct pgr_throwaway **place = &d->template->newest;
    while (*place && *place != d)
        place = &(*place)->before;
    if (*place)
        *place = d->before;
}

bool pgr_throwaway_drop(struct pgr_throwaway *d, struct pgr_error *public)
{
    struct error e = {0};
    if (!d)
        return true;
    struct pgr_template *t = d->template;
    pthread_mutex_lock(&t->busy);
    throwaway_drop(&t->work, d->database, &e);
    forget(d);
    pthread_mutex_unlock(&t->busy);
    release(d);
    return trouble_report(&e, public);
}
