/* The verbs of plugins, by those of this house. */
#include "pgrehearse/plugin.h"

#include "plugins/look.h"
#include "rehearsal/own_steps.h"

static struct rehearsal *ours(struct pgr_rehearsal *r)
{
    return (struct rehearsal *)(void *)r;
}

static enum rehearsed_revision revision_of(enum pgr_revision revision)
{
    return revision == PGR_BASELINE ? BASELINE : TARGET;
}

/* Whether the runbook has made its database. */
struct ground_made {
    bool made;
};

static const struct slot_kind ground_made = {sizeof(struct ground_made), NULL};

/* The same, of a verb that needs a database; without one the scenario is left out of the plan. */
static struct rehearsal *with_database(struct pgr_rehearsal *guest)
{
    struct rehearsal *r = ours(guest);
    const struct ground_made *g = slot_single(r, &ground_made);
    if (!g->made)
        rehearsal_lacks(r, "its runbook has to begin with pgr_given_database()");
    return r;
}

void pgr_given_database(struct pgr_rehearsal *r, const char *fixture)
{
    struct ground_made *g = slot_single(ours(r), &ground_made);
    g->made = true;
    given_database(ours(r), fixture);
}

void pgr_upgrade(struct pgr_rehearsal *r, enum pgr_revision revision)
{
    upgrade(with_database(r), revision_of(revision));
}

void pgr_downgrade(struct pgr_rehearsal *r, enum pgr_revision revision)
{
    downgrade(with_database(r), revision_of(revision));
}

void pgr_upgrade_again(struct pgr_rehearsal *r, enum pgr_revision revision)
{
    upgrade_again(with_database(r), revision_of(revision));
}

void pgr_keep_twin(struct pgr_rehearsal *r)
{
    keep_twin(with_database(r));
}

void pgr_upgrade_watched(struct pgr_rehearsal *r, enum pgr_revision revision)
{
    upgrade_watched(with_database(r), revision_of(revision));
}

void pgr_expect_rules(struct pgr_rehearsal *r)
{
    expect_rules(with_database(r));
}

void pgr_expect_current(struct pgr_rehearsal *r, enum pgr_revision revision)
{
    expect_current(with_database(r), revision_of(revision));
}

void pgr_remember(struct pgr_rehearsal *r, const char *name)
{
    remember(with_database(r), name);
}

void pgr_expect_delta(struct pgr_rehearsal *r, const char *since)
{
    expect_delta(with_database(r), since);
}

void pgr_expect_schema_as(struct pgr_rehearsal *r, const char *then)
{
    expect_schema_as(with_database(r), then);
}

void pgr_expect_changed(struct pgr_rehearsal *r, const char *since)
{
    expect_changed(with_database(r), since);
}

void pgr_expect_rows_as(struct pgr_rehearsal *r, const char *then)
{
    expect_rows_as(with_database(r), then);
}

void pgr_expect_untouched(struct pgr_rehearsal *r, const char *since)
{
    expect_untouched(with_database(r), since);
}

void pgr_validate(struct pgr_rehearsal *r, const char *validations)
{
    validate(with_database(r), validations);
}

void pgr_plant(struct pgr_rehearsal *r, const char *fault)
{
    plant(with_database(r), fault);
}

void pgr_expect_refusal(struct pgr_rehearsal *r, enum pgr_revision revision, const char *fault)
{
    expect_refusal(with_database(r), revision_of(revision), fault);
}

void pgr_apply_remedy(struct pgr_rehearsal *r, const char *fault)
{
    apply_remedy(with_database(r), fault);
}

void pgr_run(struct pgr_rehearsal *r, const char *title, const char *sql)
{
    run_own(with_database(r), title, sql);
}

struct guest_check {
    void (*look)(struct pgr_look *look);
};

static bool look_as_guest(struct rule_look *look, void *context, struct error *e)
{
    const struct guest_check *guest = context;
    return guest_look(guest->look, look, e);
}

void pgr_expect(struct pgr_rehearsal *r, const char *property, void (*look)(struct pgr_look *look))
{
    struct guest_check guest = {look};
    expect_own(with_database(r), property, look_as_guest, &guest);
}
