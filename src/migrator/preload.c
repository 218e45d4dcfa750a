#include "migrator/preload.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/installed.h"
#include "base/memory.h"
#include "base/text.h"
#include "migrator/call.h"
#include "migrator/environment.h"
#include "migrator/preload_loader.h"
#include "migrator/preload_program.h"
#include "migrator/preload_request.h"

static const int patience = 30000; /* ms, for a loader's answer */
enum { TWINS = 2, MOST_LOADERS = 8 };

struct entry {
    char *key;
    pthread_mutex_t busy; /* while it is started, or sent to */
    struct preload_loader loader;
    bool tried;
};

/* Loaders that are started beside what else begins a run, before any command asks for one. */
struct early {
    struct call call;
    struct preload_program program;
    char **base, **own;
    struct preload_loading loading;
    struct early_loader {
        struct preload_pool *pool;
        struct entry *entry;
        pthread_t thread;
    } loaders[TWINS];
    size_t started;
};

struct preload_pool {
    struct early early;
    const struct cancel *cancel;
    char *loaders, *library;
    pthread_mutex_t busy;
    struct entry **entries;
    size_t count, turn;
    char *refusal;
};

static char *shipped_loaders(void)
{
    char *migrators = installed_folder("migrators", "../fixtures/migrators");
    char *loaders = memory_format("%s/preload", migrators);
    free(migrators);
    return loaders;
}

struct preload_pool *preload_pool_new(const char *loaders, const char *library,
                                      const struct cancel *cancel)
{
    struct preload_pool *pool = memory_zeroed(1, sizeof *pool);
    pool->loaders = loaders ? memory_copy_of(loaders) : shipped_loaders();
    pool->library = library ? memory_copy_of(library) : installed_library("preload.so");
    pool->cancel = cancel;
    pthread_mutex_init(&pool->busy, NULL);
    return pool;
}

static void release_early(struct early *early)
{
    for (size_t i = 0; i < early->started; i++)
        pthread_join(early->loaders[i].thread, NULL);
    memory_free_strings(early->base);
    free(early->own);
    preload_program_release(&early->program);
    call_release(&early->call);
}

void preload_pool_free(struct preload_pool *pool)
{
    if (pool)
        release_early(&pool->early);
    for (size_t i = 0; pool && i < pool->count; i++) {
        preload_loader_end(&pool->entries[i]->loader);
        pthread_mutex_destroy(&pool->entries[i]->busy);
        free(pool->entries[i]->key);
        free(pool->entries[i]);
    }
    if (!pool)
        return;
    pthread_mutex_destroy(&pool->busy);
    free(pool->entries);
    free(pool->refusal);
    free(pool->loaders);
    free(pool->library);
    free(pool);
}

const char *preload_pool_refusal(struct preload_pool *pool)
{
    pthread_mutex_lock(&pool->busy);
    const char *refusal = pool->refusal ? pool->refusal : "";
    pthread_mutex_unlock(&pool->busy);
    return refusal;
}

static void note_refusal(struct preload_pool *pool, const char *why)
{
    pthread_mutex_lock(&pool->busy);
    if (!pool->refusal)
        pool->refusal = memory_copy_of(why);
    pthread_mutex_unlock(&pool->busy);
}

static struct entry *new_entry(struct preload_pool *pool, const char *key)
{
    struct entry *entry = memory_zeroed(1, sizeof *entry);
    entry->key = memory_copy_of(key);
    entry->loader = (struct preload_loader){.channel = -1, .keeper.way = -1};
    pthread_mutex_init(&entry->busy, NULL);
    *(struct entry **)memory_append(&pool->entries, &pool->count, sizeof *pool->entries) = entry;
    return entry;
}

/* The key's entry whose turn it is; until there are two of them, a new one. */
static struct entry *choose(struct preload_pool *pool, const char *key)
{
    struct entry *found[TWINS];
    size_t count = 0;
    pthread_mutex_lock(&pool->busy);
    for (size_t i = 0; i < pool->count && count < TWINS; i++)
        if (strcmp(pool->entries[i]->key, key) == 0)
            found[count++] = pool->entries[i];
    struct entry *chosen = count < TWINS && pool->count < MOST_LOADERS && !pool->refusal
                               ? new_entry(pool, key)
                           : count > 0 ? found[pool->turn++ % count]
                                       : NULL;
    pthread_mutex_unlock(&pool->busy);
    return chosen;
}

static void put_line(struct text *t, const char *line)
{
    text_append(t, line ? line : "");
    text_append(t, "\n");
}

/* What the environment of every command differs in from ours, and what only this one's does. */
static void divide_environment(const struct call *c, char ***base, char ***own)
{
    size_t base_count = 0, own_count = 0;
    *base = *own = NULL;
    for (char **v = c->environment; *v; v++) {
        bool names = environment_names_database(c, *v);
        size_t length = strcspn(*v, "=");
        *(char **)memory_append(base, &base_count, sizeof **base) =
            names ? memory_format("%.*s", (int)length, *v) : memory_copy_of(*v);
        if (names && (*v)[length])
            *(char **)memory_append(own, &own_count, sizeof **own) = *v;
    }
    *(char **)memory_append(base, &base_count, sizeof **base) = NULL;
    *(char **)memory_append(own, &own_count, sizeof **own) = NULL;
}

/* Commands with the same key have everything in common that an interpreter reads at its start. */
static char *key_of(const struct preload_loading *loading)
{
    struct text key = {0};
    put_line(&key, loading->program->interpreter);
    put_line(&key, loading->program->option);
    put_line(&key, loading->program->arguments[0]);
    put_line(&key, loading->directory);
    put_line(&key, loading->preload->loader);
    for (const char *const *v = loading->environment; *v; v++)
        put_line(&key, *v);
    return text_detach(&key);
}

/* Starts the entry's loader where that is due; false if it has none. */
static bool have_loader(struct preload_pool *pool, struct entry *entry,
                        const struct preload_loading *loading)
{
    if (!entry->tried) {
        char *why = preload_loader_start(&entry->loader, loading, pool->cancel);
        entry->tried = true;
        if (why)
            note_refusal(pool, why);
        free(why);
    }
    return entry->loader.channel >= 0;
}

static bool send_to(struct preload_pool *pool, struct entry *entry,
                    const struct preload_loading *loading, const struct preload_request *request,
                    const int *files)
{
    pthread_mutex_lock(&entry->busy);
    bool sent = have_loader(pool, entry, loading) &&
                preload_request_send(entry->loader.channel, request, files);
    pthread_mutex_unlock(&entry->busy);
    return sent;
}

/* Whether a keeper answers before we are interrupted; its loader may have been stopped. */
static bool does_answer(const struct preload_pool *pool, int way)
{
    struct pollfd fds[2] = {{.fd = way, .events = POLLIN},
                            {.fd = pool->cancel ? pool->cancel->fd : -1, .events = POLLIN}};
    return poll(fds, 2, patience) > 0 && fds[0].revents;
}

/* Ends all that the loader has started, so that the command cannot be started twice. */
static void give_up(struct entry *entry, int way)
{
    pthread_mutex_lock(&entry->busy);
    preload_loader_end(&entry->loader);
    pthread_mutex_unlock(&entry->busy);
    close(way);
}

static bool ask(struct preload_pool *pool, const struct preload_loading *loading,
                const struct preload_request *request, int out, int err, struct keeper *k)
{
    char *key = key_of(loading);
    struct entry *entry = choose(pool, key);
    int ways[2];
    free(key);
    if (!entry || pipe2(ways, O_CLOEXEC) != 0)
        return false;
    int files[PRELOAD_FILES] = {[PRELOAD_OUT] = out, [PRELOAD_ERR] = err, [PRELOAD_WAY] = ways[1]};
    bool sent = send_to(pool, entry, loading, request, files);
    close(ways[1]);
    if (!sent) {
        close(ways[0]);
        return false;
    }
    bool answered = does_answer(pool, ways[0]);
    if (!answered)
        give_up(entry, ways[0]);
    bool met = answered && keeper_meet(k, ways[0]);
    if (!met)
        note_refusal(pool, "the preloaded interpreter did not start a command");
    return met;
}

/* What the call's interpreter is started for; `base` and `own` are to be freed as in `early`. */
static struct preload_loading loading_for(const struct preload_pool *pool, const struct call *c,
                                          const struct preload_program *program, char ***base,
                                          char ***own)
{
    divide_environment(c, base, own);
    return (struct preload_loading){.loaders = pool->loaders,
                                    .library = pool->library,
                                    .preload = c->migrator->definition->preload,
                                    .program = program,
                                    .directory = c->migrator->directory,
                                    .environment = (const char *const *)*base};
}

static bool start_program(const struct preload_call *p, const struct preload_program *program,
                          int out, int err, struct keeper *k)
{
    const struct call *c = p->call;
    char **base, **own;
    struct preload_loading loading = loading_for(p->pool, c, program, &base, &own);
    struct preload_request request = {.directory = c->migrator->directory,
                                      .arguments = program->arguments,
                                      .variables = own,
                                      .confined = p->confinement != NULL};
    if (p->confinement)
        request.confinement = *p->confinement;
    bool started = preload_loader_fits(&loading) && ask(p->pool, &loading, &request, out, err, k);
    memory_free_strings(base);
    free(own);
    return started;
}

static bool is_wanted(const struct preload_pool *pool, const struct suite_migrator *m)
{
    return pool && m->preload && !m->fresh_process;
}

static void *start_early(void *early_loader)
{
    struct early_loader *l = early_loader;
    pthread_mutex_lock(&l->entry->busy);
    have_loader(l->pool, l->entry, &l->pool->early.loading);
    pthread_mutex_unlock(&l->entry->busy);
    return NULL;
}

void preload_pool_begin(struct preload_pool *pool, const struct migrator *m)
{
    static const char nowhere[] = "postgresql://pgrehearse@localhost/postgres";
    struct early *early = &pool->early;
    struct error ignored = {0}; /* the command itself will meet it */
    const char *template = m->definition->current;
    if (!is_wanted(pool, m->definition) || !template || strstr(template, "{count}") ||
        !call_prepare(&early->call, m, MIGRATOR_CURRENT, NULL, nowhere, nowhere, &ignored) ||
        environment_names_staged(&early->call) ||
        !preload_program_find(&early->program, &early->call, template))
        return;
    early->loading = loading_for(pool, &early->call, &early->program, &early->base, &early->own);
    char *key = key_of(&early->loading);
    while (early->started < TWINS && preload_loader_fits(&early->loading)) {
        struct early_loader *l = &early->loaders[early->started];
        *l = (struct early_loader){.pool = pool, .entry = new_entry(pool, key)};
        if (pthread_create(&l->thread, NULL, start_early, l) != 0)
            break; /* it will be started by the first command */
        early->started++;
    }
    free(key);
}

bool preload_start(void *preload_call, int out, int err, struct keeper *k)
{
    const struct preload_call *p = preload_call;
    const struct suite_migrator *m = p->call->migrator->definition;
    const char *template = call_template(m, p->call->action);
    struct preload_program program = {0};
    if (!is_wanted(p->pool, m) || !template)
        return false;
    bool started = !environment_names_staged(p->call) &&
                   preload_program_find(&program, p->call, template) &&
                   start_program(p, &program, out, err, k);
    preload_program_release(&program);
    return started;
}
