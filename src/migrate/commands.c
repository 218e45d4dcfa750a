#include "migrate/commands.h"

#include "base/memory.h"
#include "migrate/chain.h"
#include "migrate/session.h"

struct migrate_command {
    const char *name;
    bool takes_target;
    enum migrate_status (*run)(const struct migrate_request *request, const struct chain *chain,
                               const struct layout *layout, struct error *e);
};

static const char runtime[] = "alembic.runtime.migration";

static enum migrate_status status_of(const struct error *e)
{
    return e->kind == ERROR_USAGE ? MIGRATE_USAGE : MIGRATE_UNAVAILABLE;
}

/* What is to be done, in order: indices into the chain. */
struct revision_plan {
    size_t *indices;
    size_t count;
};

/* Up: what is not applied below `place`, oldest first. Down: what is applied from there, newest
 * first. */
static struct revision_plan plan_make(const struct session *s, enum direction direction,
                                      size_t place)
{
    struct revision_plan p = {0};
    for (size_t i = 0; direction == DIRECTION_UP && i < place; i++)
        if (!s->applied[i])
            *(size_t *)memory_append(&p.indices, &p.count, sizeof *p.indices) = i;
    for (size_t i = s->chain->count; direction == DIRECTION_DOWN && i > place; i--)
        if (s->applied[i - 1])
            *(size_t *)memory_append(&p.indices, &p.count, sizeof *p.indices) = i - 1;
    return p;
}

static bool is_interrupted(const struct session *s, const char *stays_at, struct error *e)
{
    if (!cancel_is_raised(s->connection.cancel))
        return false;
    error_set(e, ERROR_INTERRUPTED, "interrupted; the database stays at %s", stays_at);
    return true;
}

static struct transition transition_of(struct session *s, enum direction direction)
{
    return (struct transition){.connection = &s->connection,
                               .database = s->database,
                               .log = s->log,
                               .rules = s->layout,
                               .versions = &s->versions,
                               .direction = direction,
                               .stays_at = chain_name(s->chain, s->place)};
}

static enum migrate_status run_plan(struct session *s, enum direction direction,
                                    const struct revision_plan *plan, struct error *e)
{
    struct transition t = transition_of(s, direction);
    enum migrate_status status = MIGRATE_DONE;
    for (size_t i = 0; i < plan->count && status == MIGRATE_DONE; i++) {
        size_t index = plan->indices[i];
        if (is_interrupted(s, chain_name(s->chain, s->place), e))
            return MIGRATE_UNAVAILABLE;
        t.revision = &s->chain->revisions[index];
        t.previous = index > 0 ? t.revision - 1 : NULL;
        t.first = i == 0;
        t.last = i + 1 == plan->count;
        status = transition_run(&t, e);
        if (status == MIGRATE_DONE)
            s->place = direction == DIRECTION_UP ? index + 1 : index;
    }
    return status;
}

/* What runs again whenever it has changed, once all revisions are applied. */
static enum migrate_status run_repeatables(struct session *s, struct error *e)
{
    struct transition t = transition_of(s, DIRECTION_UP);
    t.repeatable = t.first = t.last = true;
    enum migrate_status status = MIGRATE_DONE;
    for (size_t i = 0; i < s->chain->repeatable_count && status == MIGRATE_DONE; i++) {
        bool wanted;
        t.revision = &s->chain->repeatables[i];
        if (!version_table_wants(&s->versions, &s->connection, t.revision, &wanted, e))
            return status_of(e);
        if (is_interrupted(s, t.stays_at, e))
            return MIGRATE_UNAVAILABLE;
        if (wanted)
            status = transition_run(&t, e);
        t.first = t.first && !wanted;
    }
    return status;
}

static enum migrate_status go_to(struct session *s, enum direction direction, size_t place,
                                 struct error *e)
{
    struct revision_plan plan = plan_make(s, direction, place);
    enum migrate_status status = run_plan(s, direction, &plan, e);
    free(plan.indices);
    if (status == MIGRATE_DONE && direction == DIRECTION_UP && place == s->chain->count)
        status = run_repeatables(s, e);
    return status;
}

static bool check_direction(const struct session *s, enum direction direction, size_t place,
                            struct error *e)
{
    const char *here = chain_name(s->chain, s->place), *there = chain_name(s->chain, place);
    if (direction == DIRECTION_UP && place < s->place)
        return error_set(
            e, ERROR_USAGE,
            "cannot upgrade to %s: the database is already past it, at %s; use 'downgrade %s'",
            there, here, there);
    if (direction == DIRECTION_DOWN && place > s->place)
        return error_set(e, ERROR_USAGE,
                         "cannot downgrade to %s: the database has not reached it and is at %s; "
                         "use 'upgrade %s'",
                         there, here, there);
    return true;
}

static enum migrate_status migrate(const struct migrate_request *request, const struct chain *chain,
                                   const struct layout *layout, enum direction direction,
                                   struct error *e)
{
    struct target target;
    if (!target_parse(&target, chain, request->target, e))
        return MIGRATE_USAGE;
    if (target.relative && (target.steps > 0) != (direction == DIRECTION_UP)) {
        error_set(e, ERROR_USAGE, "cannot %s by %s: use +N to upgrade, -N to downgrade",
                  request->command, request->target);
        return MIGRATE_USAGE;
    }
    struct session s;
    enum migrate_status status;
    size_t place;
    if (session_open(&s, request, chain, layout, e) && session_lock(&s, e) && session_read(&s, e) &&
        target_resolve(&target, chain, s.place, &place, e) &&
        check_direction(&s, direction, place, e) && session_prepare(&s, e))
        status = go_to(&s, direction, place, e);
    else
        status = status_of(e);
    session_close(&s);
    return status;
}

static enum migrate_status upgrade(const struct migrate_request *request, const struct chain *chain,
                                   const struct layout *layout, struct error *e)
{
    return migrate(request, chain, layout, DIRECTION_UP, e);
}

static enum migrate_status downgrade(const struct migrate_request *request,
                                     const struct chain *chain, const struct layout *layout,
                                     struct error *e)
{
    return migrate(request, chain, layout, DIRECTION_DOWN, e);
}

static void print_place(const struct chain *chain, size_t place)
{
    if (place > 0)
        printf("%s%s\n", chain_name(chain, place), place == chain->count ? " (head)" : "");
}

static enum migrate_status current(const struct migrate_request *request, const struct chain *chain,
                                   const struct layout *layout, struct error *e)
{
    struct session s;
    bool good = session_open(&s, request, chain, layout, e) && session_read(&s, e);
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

static enum migrate_status history(const struct migrate_request *request, const struct chain *chain,
                                   const struct layout *layout, struct error *e)
{
    (void)layout;
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

static enum migrate_status heads(const struct migrate_request *request, const struct chain *chain,
                                 const struct layout *layout, struct error *e)
{
    (void)request;
    (void)layout;
    (void)e;
    print_place(chain, chain->count);
    return MIGRATE_DONE;
}

/* One row after the other, as if every revision had run. */
static bool write_rows(struct session *s, size_t place, struct error *e)
{
    const struct revision *revisions = s->chain->revisions;
    struct version_move move = {0};
    bool good = version_table_write(&s->versions, &s->connection, EVENT_CLEAR, &move, e);
    for (size_t i = 0; good && i < place; i++) {
        move = (struct version_move){.revision = &revisions[i],
                                     .part = &revisions[i].up,
                                     .from = i > 0 ? revisions[i - 1].key : NULL,
                                     .to = revisions[i].key};
        good = version_table_write(&s->versions, &s->connection, EVENT_STAMP, &move, e);
    }
    return good;
}

static bool write_stamp(struct session *s, size_t place, struct error *e)
{
    const char *id = place ? chain_name(s->chain, place) : NULL;
    bool good = connection_run(&s->connection, "BEGIN", e) && write_rows(s, place, e) &&
                connection_run(&s->connection, "COMMIT", e);
    const char *old = s->place ? chain_name(s->chain, s->place) : "";
    if (good)
        migration_log_info(s->log, runtime, "Running stamp_revision %s%s-> %s", old,
                           old[0] ? " " : "", id ? id : "");
    return good;
}

/* What the table holds may make no sense: that is what stamp is for. */
static bool stands_at(struct session *s, size_t place)
{
    struct error ignored = {0};
    if (!version_table_match(&s->versions, s->chain, s->applied, &ignored))
        return false;
    for (size_t i = 0; i < s->chain->count; i++)
        if (s->applied[i])
            s->place = i + 1;
    return s->place == place && version_table_check(&s->versions, &s->connection, &ignored);
}

static enum migrate_status stamp(const struct migrate_request *request, const struct chain *chain,
                                 const struct layout *layout, struct error *e)
{
    struct target target;
    if (!target_parse(&target, chain, request->target, e))
        return MIGRATE_USAGE;
    if (target.relative) {
        error_set(e, ERROR_USAGE, "stamp takes a revision, head or base, not %s", request->target);
        return MIGRATE_USAGE;
    }
    struct session s;
    bool good = session_open(&s, request, chain, layout, e) && session_lock(&s, e) &&
                version_table_read(&s.versions, &layout->rules->table, &s.connection, e);
    if (good && !stands_at(&s, target.place))
        good = write_stamp(&s, target.place, e);
    session_close(&s);
    return good ? MIGRATE_DONE : status_of(e);
}

static const struct migrate_command commands[] = {
    {"upgrade", true, upgrade},  {"downgrade", true, downgrade}, {"current", false, current},
    {"history", false, history}, {"heads", false, heads},        {"stamp", true, stamp},
};

const struct migrate_command *migrate_command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const char *migrate_command_name(size_t number)
{
    return number < sizeof commands / sizeof *commands ? commands[number].name : NULL;
}

bool migrate_command_takes_target(const struct migrate_command *command)
{
    return command->takes_target;
}

enum migrate_status migrate_command_run(const struct migrate_command *command,
                                        const struct migrate_request *request, struct error *e)
{
    struct layout layout;
    struct chain chain = {0};
    bool good = layout_load(&layout, request->layout, e) &&
                chain_load(&chain, &layout, request->migrations, e);
    enum migrate_status status = good ? command->run(request, &chain, &layout, e) : status_of(e);
    chain_release(&chain);
    layout_release(&layout);
    return status;
}
