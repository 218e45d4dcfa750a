/* Where a deployment is, as its journal tells it: what was done last, and what comes next. */
#include "base/memory.h"
#include "deployment/deploy_state.h"

/* Steps whose doing only the world tells, once they were cut short. */
static bool is_looked_for(const struct journal *j, enum deploy_step *step)
{
    const struct journal_step *upgrade = &j->steps[DEPLOY_UPGRADE];
    if (journal_open_step(j, step))
        return *step == DEPLOY_UPGRADE || *step == ROLLBACK_DOWNGRADE || *step == ROLLBACK_RESTORE;
    *step = DEPLOY_UPGRADE;
    return upgrade->ended && upgrade->outcome == DEPLOY_UNCHECKED;
}

bool deploy_has_failed(const struct deploy *d, enum deploy_step *step)
{
    for (int i = 0; i < DEPLOY_FORWARD; i++)
        if (d->journal.steps[i].ended && d->journal.steps[i].outcome == DEPLOY_FAILED) {
            *step = (enum deploy_step)i;
            return true;
        }
    return false;
}

/* The first step of the way forward that is not done; before the upgrade all are done again. */
static enum deploy_step next_forward(const struct deploy *d)
{
    bool happened = journal_is_done(&d->journal, DEPLOY_UPGRADE);
    if (!happened)
        return deploy_step_at(0, d->request->deployment->backup_after_stop);
    int step = DEPLOY_UPGRADE;
    while (step < DEPLOY_PROBES && journal_is_done(&d->journal, (enum deploy_step)step))
        step++;
    return (enum deploy_step)step;
}

static void add_next(const struct deploy *d, struct text *t)
{
    const struct journal *j = &d->journal;
    enum deploy_step step = DEPLOY_BACKUP;
    if (is_looked_for(j, &step)) {
        text_append_format(t, "next         check whether '%s' has happened\n",
                           deploy_step_name(step));
        return;
    }
    if (d->request->rollback || j->rolling_back || deploy_has_failed(d, &step)) {
        bool touched = deploy_was_touched(d);
        step = touched ? ROLLBACK_STOP : ROLLBACK_START;
    } else {
        step = next_forward(d);
    }
    text_append_format(
        t, "next         %s (%s)%s\n", deploy_step_name(step), deploy_step_title(step),
        step < DEPLOY_UPGRADE && j->any_done
            ? "; every step before the migration is repeated, except a backup that is still usable"
            : "");
}

void deploy_add_position(const struct deploy *d, struct text *t)
{
    enum deploy_step open, failed;
    const struct journal *j = &d->journal;
    switch (deploy_stage(d)) {
    case DEPLOY_FRESH:
        if (j->finished)
            text_append_format(t, "last         %s (%s)\n", j->finished,
                               journal_fact(j, "deployment"));
        if (!j->finished || !d->request->rollback)
            return;
        text_append(t, "state        no rollback in progress\n");
        break;
    case DEPLOY_UNTOUCHED:
        text_append(t, "state        in progress; the migration has not started\n");
        break;
    case DEPLOY_TOUCHED:
        text_append(t, "state        in progress; the migration has started\n");
        break;
    case DEPLOY_ROLLING_BACK:
        text_append_format(t, "state        rolling back: %s\n", j->reason);
        break;
    }
    if (j->any_done)
        text_append_format(t, "last done    %s (%s)\n", deploy_step_name(j->last_done),
                           deploy_step_title(j->last_done));
    if (journal_open_step(j, &open))
        text_append_format(t, "interrupted  %s\n", deploy_step_name(open));
    else if (!j->rolling_back && deploy_has_failed(d, &failed))
        text_append_format(t, "failed       %s\n", deploy_step_name(failed));
    add_next(d, t);
}

/* The same command goes on, except for the step at which it stops. */
static void add_commands(const struct deploy *d, struct text *t)
{
    const struct deploy_request *r = d->request;
    bool only_back = r->rollback || d->journal.rolling_back;
    if (!r->again) {
        text_append_format(t, "to continue, run the same command again%s\n",
                           only_back ? "" : "; to go back, add --rollback");
        return;
    }
    text_append_format(t, "to continue%s, run the same command again:\n  %s%s\n",
                       only_back ? " with the rollback" : "", r->again,
                       r->rollback ? " --rollback" : "");
    text_append(t, "  (the URL's password and options are left out)\n");
    if (!only_back)
        text_append_format(t, "to go back, run it with --rollback:\n  %s --rollback\n", r->again);
}

void deploy_add_way_on(const struct deploy *d, struct text *t)
{
    text_append_format(t, "the journal is %s\n", d->journal.path);
    deploy_add_position(d, t);
    add_commands(d, t);
    if (d->journal.finished)
        return;
    text_append(t, deploy_was_touched(d)
                       ? "the migration has started: leave the services as they are\n"
                       : "the migration has not started\n");
    text_append_format(t, "services:\n  stop:  %s\n  start: %s\n", d->request->deployment->stop,
                       d->request->deployment->start);
}

char *deploy_standing(const struct deploy *d)
{
    struct text t = {0};
    const struct journal *j = &d->journal;
    if (!d->journal_read || !j->any || (j->finished && !d->request->rollback))
        return NULL;
    deploy_add_way_on(d, &t);
    return text_detach(&t);
}
