/* What a deployment says to people: the plan, and what to do by hand. */
#include "deploy_state.h"
#include "memory.h"

static void add_standing(const struct deploy *d, struct text *t)
{
    enum deploy_step last;
    const struct journal *j = &d->journal;
    switch (deploy_stage(d)) {
    case DEPLOY_FRESH:
        if (j->finished)
            text_append_format(t, "last         %s (%s)\n", j->finished,
                               journal_fact(j, "deployment"));
        return;
    case DEPLOY_UNTOUCHED:
        text_append(t, "stands       under way; the migration has not been begun\n");
        break;
    case DEPLOY_TOUCHED:
        text_append(t, "stands       under way; the migration has been begun\n");
        break;
    case DEPLOY_ROLLING_BACK:
        text_append_format(t, "stands       in its rollback: %s\n", j->reason);
        break;
    }
    if (journal_open_step(j, &last))
        text_append_format(t, "cut short    %s\n", deploy_step_name(last));
}

static void add_step(const struct deploy *d, struct text *t, size_t number, enum deploy_step step)
{
    const struct deploy_request *r = d->request;
    const struct suite_migrator *m = r->migrator->definition;
    text_append_format(t, "  %zu  %-20s %s", number, deploy_step_name(step),
                       deploy_step_title(step));
    if (step == DEPLOY_BACKUP)
        text_append_format(
            t, ", in %s%s%s", r->deployment->backup_folder[0] == '/' ? "" : r->output,
            r->deployment->backup_folder[0] == '/' ? "" : "/", r->deployment->backup_folder);
    else if (step == DEPLOY_STOP || step == ROLLBACK_STOP)
        text_append_format(t, ": %s", r->deployment->stop);
    else if (step == DEPLOY_START || step == ROLLBACK_START)
        text_append_format(t, ": %s", r->deployment->start);
    else if (step == DEPLOY_UPGRADE)
        text_append_format(t, ": %s", m->upgrade);
    else if (step == ROLLBACK_DOWNGRADE)
        text_append_format(t, ": %s", m->downgrade);
    text_append(t, "\n");
}

static void add_watch(const struct deploy *d, struct text *t)
{
    const struct deployment *runbook = d->request->deployment;
    for (unsigned i = 0; i < runbook->probe_count; i++) {
        const struct deployment_probe *p = &runbook->probes[i];
        text_append_format(t, "       probe: %s (%s %s), within %g s\n", p->name, p->method, p->url,
                           p->deadline);
    }
    for (unsigned i = 0; i < runbook->log_count; i++)
        text_append_format(t, "       log: %s, for %g s\n", runbook->logs[i].name,
                           runbook->logs[i].seconds);
}

static void add_rollback(const struct deploy *d, struct text *t)
{
    size_t number = 0;
    for (int i = ROLLBACK_STOP; i < DEPLOY_STEPS; i++)
        if (i != ROLLBACK_RESTORE || d->request->restore_rows)
            add_step(d, t, ++number, (enum deploy_step)i);
}

char *deploy_plan(const struct deploy *d)
{
    struct text t = {0};
    const struct deploy_request *r = d->request;
    const struct suite *s = r->suite;
    bool back = r->rollback || deploy_stage(d) == DEPLOY_ROLLING_BACK;
    text_append_format(&t, "database     %s\nmigration    %s: %s -> %s, by %s\n", d->database,
                       s->name, back ? s->target : s->baseline, back ? s->baseline : s->target,
                       r->migrator->definition->name);
    text_append_format(&t, "journal      %s\n", d->journal.path);
    add_standing(d, &t);
    if (r->deployment->lock_timeout > 0)
        text_append_format(&t, "locks        waits %g s for one, then tries again %u times\n",
                           r->deployment->lock_timeout, r->deployment->lock_retries);
    else
        text_append(&t, "locks        waits for them without a limit\n");
    if (!back) {
        text_append(&t, "steps\n");
        for (size_t i = 0; i < DEPLOY_FORWARD; i++) {
            enum deploy_step step = deploy_step_at(i, r->deployment->backup_after_stop);
            add_step(d, &t, i + 1, step);
            if (step == DEPLOY_PROBES)
                add_watch(d, &t);
            if (r->until && *r->until == step)
                text_append(&t, "     then it stops, as asked for\n");
        }
        text_append(&t, "if a step fails\n");
    } else {
        text_append(&t, "steps\n");
    }
    add_rollback(d, &t);
    return text_detach(&t);
}

static void add_restore(const struct deploy *d, struct text *t)
{
    const char *backup = deploy_backup_path(d);
    if (*backup && journal_is_done(&d->journal, DEPLOY_BACKUP))
        text_append_format(t,
                           "or go back to the backup, beside the database as it is:\n"
                           "  createdb %s_restored && pg_restore -d %s_restored %s\n",
                           d->name, d->name, backup);
}

static void add_services(const struct deploy *d, struct text *t)
{
    text_append_format(t, "services:\n  stop:  %s\n  start: %s\n", d->request->deployment->stop,
                       d->request->deployment->start);
}

static void add_migrator(const struct deploy *d, struct text *t, const char *what,
                         const char *command, const char *revision)
{
    text_append_format(t, "%s, with DATABASE_URL set to the database:\n  cd %s && ", what,
                       d->request->migrator->directory);
    const char *place = strstr(command, "{revision}");
    if (place)
        text_append_format(t, "%.*s%s%s", (int)(place - command), command, revision,
                           place + strlen("{revision}"));
    else
        text_append(t, command);
    text_append(t, "\n");
}

char *deploy_by_hand(struct deploy *d, enum deploy_ending ending)
{
    struct text t = {0};
    const struct suite *s = d->request->suite;
    const struct suite_migrator *m = d->request->migrator->definition;
    if (ending == DEPLOY_BACKED_OUT) {
        text_append(&t, "nothing was changed in the database; start it again once the reason is "
                        "gone\n");
        return text_detach(&t);
    }
    text_append_format(&t, "the journal is %s\n", d->journal.path);
    if (ending == DEPLOY_STOPPED || ending == DEPLOY_UNFINISHED) {
        text_append(&t, "to go on, give the same command again");
        text_append(&t,
                    d->journal.rolling_back ? "\n" : "; to go back, the same with --rollback\n");
        text_append(&t, deploy_was_touched(d)
                            ? "the migration has been begun: leave the services as they are\n"
                            : "the migration has not been begun\n");
        add_services(d, &t);
        return text_detach(&t);
    }
    add_services(d, &t);
    add_migrator(d, &t, "see where the database stands", m->current, "");
    add_migrator(d, &t, "undo the migration", m->downgrade, s->baseline);
    add_restore(d, &t);
    text_append(&t, "then start the services; or mend the reason, and let the rollback go on with "
                    "--rollback\n");
    return text_detach(&t);
}
