#include "migrate/commands.h"

#include "migrate/chain.h"
#include "migrate/session.h"

struct command {
    const char *name;
    bool takes_target;
    enum migrate_status (*run)(const struct request *request, const struct chain *chain,
                               struct error *e);
};

static const char runtime[] = "alembic.runtime.migration";

static enum migrate_status status_of(const struct error *e)
{
    return e->kind == ERROR_USAGE ? MIGRATE_USAGE : MIGRATE_UNAVAILABLE;
}

static enum migrate_status run_transition(struct session *s, enum direction direction, bool first,
                                          struct error *e)
{
    size_t index = direction == DIRECTION_UP ? s->place : s->place - 1;
    const struct transition t = {.connection = &s->connection,
                                 .log = s->log,
                                 .versions = &s->versions,
                                 .direction = direction,
                                 .revision = &s->chain->revisions[index],
                                 .first = first};
    enum migrate_status status = transition_run(&t, e);
    if (status == MIGRATE_DONE)
        s->place += direction == DIRECTION_UP ? 1 : (size_t)-1;
    return status;
}

static enum migrate_status go_to(struct session *s, enum direction direction, size_t place,
                                 struct error *e)
{
    enum migrate_status status = MIGRATE_DONE;
    for (bool first = true; s->place != place && status == MIGRATE_DONE; first = false) {
        if (cancel_is_raised(s->connection.cancel)) {
            error_set(e, ERROR_INTERRUPTED, "interrupted; the database stays at %s",
                      chain_name(s->chain, s->place));
            return MIGRATE_UNAVAILABLE;
        }
        status = run_transition(s, direction, first, e);
    }
    return status;
}

static bool check_direction(const struct session *s, enum direction direction, size_t place,
                            struct error *e)
{
    const char *here = chain_name(s->chain, s->place), *there = chain_name(s->chain, place);
    if (direction == DIRECTION_UP && place < s->place)
        return error_set(e, ERROR_USAGE,
                         "cannot upgrade to %s: the database is past it, at %s; use 'downgrade %s'",
                         there, here, there);
    if (direction == DIRECTION_DOWN && place > s->place)
        return error_set(
            e, ERROR_USAGE,
            "cannot downgrade to %s: the database is not that far, at %s; use 'upgrade %s'", there,
            here, there);
    return true;
}

static enum migrate_status migrate(const struct request *request, const struct chain *chain,
                                   enum direction direction, struct error *e)
{
    struct target target;
    if (!target_parse(&target, chain, request->target, e))
        return MIGRATE_USAGE;
    if (target.relative && (target.steps > 0) != (direction == DIRECTION_UP)) {
        error_set(e, ERROR_USAGE, "%s does not go by %s: use +N to upgrade, -N to downgrade",
                  request->command, request->target);
        return MIGRATE_USAGE;
    }
    struct session s;
    enum migrate_status status;
    size_t place;
    if (session_open(&s, request, chain, e) && session_lock(&s, e) && session_read(&s, e) &&
        target_resolve(&target, chain, s.place, &place, e) &&
        check_direction(&s, direction, place, e))
        status = go_to(&s, direction, place, e);
    else
        status = status_of(e);
    session_close(&s);
    return status;
}

static enum migrate_status upgrade(const struct request *request, const struct chain *chain,
                                   struct error *e)
{
    return migrate(request, chain, DIRECTION_UP, e);
}

static enum migrate_status downgrade(const struct request *request, const struct chain *chain,
                                     struct error *e)
{
    return migrate(request, chain, DIRECTION_DOWN, e);
}

static void print_place(const struct chain *chain, size_t place)
{
    if (place > 0)
        printf("%s%s\n", chain_name(chain, place), place == chain->count ? " (head)" : "");
}

static enum migrate_status current(const struct request *request, const struct chain *chain,
                                   struct error *e)
{
    struct session s;
    bool good = session_open(&s, request, chain, e) && session_read(&s, e);
    if (good)
        print_place(chain, s.place);
    session_close(&s);
    return good ? MIGRATE_DONE : status_of(e);
}

static void print_verbosely(const struct revision *r, bool head)
{
    printf("Rev: %s%s\nParent: %s\nPath: %s\n\n    %s\n\n", r->id, head ? " (head)" : "",
           r->parent ? r->parent : "<base>", r->path, r->message);
}

static enum migrate_status history(const struct request *request, const struct chain *chain,
                                   struct error *e)
{
    (void)e;
    for (size_t place = chain->count; place > 0; place--) {
        const struct revision *r = &chain->revisions[place - 1];
        bool head = place == chain->count;
        if (request->verbose)
            print_verbosely(r, head);
        else
            printf("%s -> %s%s, %s\n", r->parent ? r->parent : "<base>", r->id,
                   head ? " (head)" : "", r->message);
    }
    return MIGRATE_DONE;
}

static enum migrate_status heads(const struct request *request, const struct chain *chain,
                                 struct error *e)
{
    (void)request;
    (void)e;
    print_place(chain, chain->count);
    return MIGRATE_DONE;
}

static bool write_stamp(struct session *s, size_t place, struct error *e)
{
    const char *id = place ? chain_name(s->chain, place) : NULL;
    bool good = connection_run(&s->connection, "BEGIN", e) &&
                version_table_replace(&s->versions, &s->connection, id, e) &&
                connection_run(&s->connection, "COMMIT", e);
    const char *old = s->versions.row_count == 1 ? s->versions.rows[0] : "";
    if (good)
        migration_log_info(s->log, runtime, "Running stamp_revision %s%s-> %s", old,
                           old[0] ? " " : "", id ? id : "");
    return good;
}

static enum migrate_status stamp(const struct request *request, const struct chain *chain,
                                 struct error *e)
{
    struct target target;
    if (!target_parse(&target, chain, request->target, e))
        return MIGRATE_USAGE;
    if (target.relative) {
        error_set(e, ERROR_USAGE, "stamp takes a revision, head or base, not %s", request->target);
        return MIGRATE_USAGE;
    }
    struct session s;
    bool good = session_open(&s, request, chain, e) && session_lock(&s, e) &&
                version_table_read(&s.versions, &s.connection, e);
    const char *id = target.place ? chain_name(chain, target.place) : NULL;
    bool there = good && s.versions.row_count == (id ? 1u : 0u) &&
                 (!id || strcmp(s.versions.rows[0], id) == 0);
    if (good && !there)
        good = write_stamp(&s, target.place, e);
    session_close(&s);
    return good ? MIGRATE_DONE : status_of(e);
}

static const struct command commands[] = {
    {"upgrade", true, upgrade},  {"downgrade", true, downgrade}, {"current", false, current},
    {"history", false, history}, {"heads", false, heads},        {"stamp", true, stamp},
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

bool command_takes_target(const struct command *command)
{
    return command->takes_target;
}

enum migrate_status command_run(const struct command *command, const struct request *request,
                                struct error *e)
{
    struct chain chain;
    enum migrate_status status = MIGRATE_USAGE;
    if (chain_load(&chain, request->migrations, e))
        status = command->run(request, &chain, e);
    chain_release(&chain);
    return status;
}
