#include "rehearsal/fixture_store.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "ground/sessions.h"
#include "ground/throwaway.h"

static const double free_limit = 5.0; /* seconds until our own session has left the database */

struct entry {
    const struct suite_fixture *fixture;
    size_t expected; /* scenarios that are given its rows */
    bool measured;   /* one of them measures an upgrade */
    size_t number, tries;
    pthread_mutex_t busy; /* over what follows */
    char *database;       /* NULL: it is not filled yet */
    struct fixture_rows rows;
};

struct fixture_store {
    pthread_mutex_t busy; /* over the list */
    struct entry **entries;
    size_t count;
};

struct fixture_store *fixture_store_new(void)
{
    struct fixture_store *s = memory_zeroed(1, sizeof *s);
    pthread_mutex_init(&s->busy, NULL);
    return s;
}

void fixture_store_free(struct fixture_store *s)
{
    for (size_t i = 0; s && i < s->count; i++) {
        fixture_rows_release(&s->entries[i]->rows);
        pthread_mutex_destroy(&s->entries[i]->busy);
        free(s->entries[i]->database);
        free(s->entries[i]);
    }
    if (!s)
        return;
    pthread_mutex_destroy(&s->busy);
    free(s->entries);
    free(s);
}

void fixture_store_drop(struct fixture_store *s, struct connection *c)
{
    for (size_t i = 0; s && i < s->count; i++) {
        struct error ignored = {0}; /* the end of the run drops what is left */
        if (s->entries[i]->database)
            throwaway_drop(c, s->entries[i]->database, &ignored);
        free(s->entries[i]->database);
        s->entries[i]->database = NULL;
    }
}

static struct entry *new_entry(struct fixture_store *s, const struct suite_fixture *f)
{
    struct entry *entry = memory_zeroed(1, sizeof *entry);
    *(struct entry **)memory_append(&s->entries, &s->count, sizeof *s->entries) = entry;
    entry->fixture = f;
    entry->number = s->count;
    pthread_mutex_init(&entry->busy, NULL);
    return entry;
}

/* To be called with the lock. */
static struct entry *find(struct fixture_store *s, const struct suite_fixture *f)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->entries[i]->fixture == f)
            return s->entries[i];
    return new_entry(s, f);
}

static struct entry *entry_of(struct fixture_store *s, const struct suite_fixture *f)
{
    pthread_mutex_lock(&s->busy);
    struct entry *found = find(s, f);
    pthread_mutex_unlock(&s->busy);
    return found;
}

void fixture_store_expect(struct fixture_store *s, const struct suite_fixture *f, bool measures)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->busy);
    struct entry *entry = find(s, f);
    entry->expected += !measures;
    entry->measured |= measures;
    pthread_mutex_unlock(&s->busy);
}

bool fixture_store_shares(struct fixture_store *s, const struct suite_fixture *f)
{
    if (!s)
        return false;
    pthread_mutex_lock(&s->busy);
    const struct entry *entry = find(s, f);
    bool shares = entry->measured || entry->expected > 1;
    pthread_mutex_unlock(&s->busy);
    return shares;
}

static char *purpose_of(const struct rehearsal *r, struct entry *entry)
{
    char *leg = r->run->leg ? memory_format("r%zu ", r->run->leg) : memory_copy_of("");
    char *purpose = memory_format("rows %s%zu %zu %s", leg, entry->number, ++entry->tries,
                                  entry->fixture->name);
    free(leg);
    return purpose;
}

/* Nobody may be in a database that is to be cloned. */
static bool leave(struct connection *c, struct connection *server, const char *database,
                  struct error *e)
{
    char *who = NULL;
    connection_close(c);
    bool good = sessions_wait_until_gone(server, database, free_limit, &who, e);
    if (who)
        error_set(e, ERROR_UNAVAILABLE, "the rows are there, but a session remains: %s", who);
    free(who);
    return good;
}

static bool fill(struct rehearsal *r, struct entry *entry, struct error *e)
{
    const struct ground *g = &r->run->ground;
    struct connection server = {0}, inside = {0};
    struct clone clone = {0};
    struct error ignored = {0};
    char *purpose = purpose_of(r, entry);
    bool good = connection_open(&server, g->server->url, g->cancel, e) &&
                ground_clone(g, &server, purpose, g->template, &clone, e) &&
                connection_open(&inside, clone.url, g->cancel, e) &&
                fixture_rows_make(r, &inside, entry->fixture, &entry->rows, e) &&
                leave(&inside, &server, clone.database, e);
    connection_close(&inside);
    if (good)
        entry->database = memory_copy_of(clone.database);
    else
        fixture_rows_release(&entry->rows);
    if (good)
        clone_release(&clone);
    else if (server.pg)
        clone_drop(&clone, &server, &ignored);
    connection_close(&server);
    free(purpose);
    return good;
}

const char *fixture_store_get(struct fixture_store *s, struct rehearsal *r,
                              const struct suite_fixture *f, const struct fixture_rows **rows,
                              struct error *e)
{
    struct entry *entry = entry_of(s, f);
    pthread_mutex_lock(&entry->busy);
    bool good = entry->database || fill(r, entry, e);
    pthread_mutex_unlock(&entry->busy);
    *rows = &entry->rows;
    return good ? entry->database : NULL;
}
