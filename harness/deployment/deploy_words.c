/* What a deployment says to people: the plan, and what to do by hand. */
#include "base/memory.h"
#include "deployment/deploy_state.h"
#include "postgres/url.h"

/* As it will run: with the revision filled in. */
static void add_command(struct text *t, const struct deploy_request *r, enum migrator_action action,
                        const char *revision)
{
    char *command = migrator_command(r->migrator->definition, action, revision);
    text_append_format(t, ": %s", command);
    free(command);
}

static void add_step(const struct deploy *d, struct text *t, size_t number, enum deploy_step step)
{
    const struct deploy_request *r = d->request;
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
        add_command(t, r, MIGRATOR_UPGRADE, r->suite->target);
    else if (step == ROLLBACK_DOWNGRADE)
        add_command(t, r, MIGRATOR_DOWNGRADE, r->suite->baseline);
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
    char *url = url_for_display(r->url);
    text_append_format(&t, "database     %s\nmigration    %s: %s -> %s, by %s\n", url, s->name,
                       back ? s->target : s->baseline, back ? s->baseline : s->target,
                       r->migrator->definition->name);
    free(url);
    if (r->certificate && *r->certificate && !back)
        text_append_format(&t, "certificate  %s\n", r->certificate);
    text_append_format(&t, "journal      %s\n", d->journal.path);
    deploy_add_position(d, &t);
    if (r->deployment->lock_timeout > 0)
        text_append_format(&t, "locks        waits up to %g s for a lock; retries: %u\n",
                           r->deployment->lock_timeout, r->deployment->lock_retries);
    else
        text_append(&t, "locks        waits without a limit\n");
    if (!back) {
        text_append(&t, "steps\n");
        for (size_t i = 0; i < DEPLOY_FORWARD; i++) {
            enum deploy_step step = deploy_step_at(i, r->deployment->backup_after_stop);
            add_step(d, &t, i + 1, step);
            if (step == DEPLOY_PROBES)
                add_watch(d, &t);
            if (r->until && *r->until == step)
                text_append(&t, "     then it stops, as requested\n");
        }
        text_append(&t, "if a step fails\n");
    } else {
        text_append(&t, "steps\n");
    }
    add_rollback(d, &t);
    return text_detach(&t);
}

const char *deploy_ending_name(enum deploy_ending ending)
{
    static const char *const names[] = {
        [DEPLOY_DEPLOYED] = "deployed",       [DEPLOY_STOPPED] = "stopped, as requested",
        [DEPLOY_ROLLED_BACK] = "rolled back", [DEPLOY_BACKED_OUT] = "not deployed",
        [DEPLOY_UNFINISHED] = "unfinished",   [DEPLOY_STUCK] = "failed, and not rolled back"};
    return names[ending];
}

/* One more word for the shell: the database's URL, except for its password. */
static void add_url(const struct deploy *d, struct text *t, const char *database)
{
    struct error unread = {0};
    char *url = url_with_database(d->request->url, database, &unread);
    char *shown = url_for_display(url ? url : "");
    text_append_word(t, shown);
    free(shown);
    free(url);
}

static void add_restore(const struct deploy *d, struct text *t)
{
    const char *backup = deploy_backup_path(d);
    if (!*backup || !journal_is_done(&d->journal, DEPLOY_BACKUP))
        return;
    char *beside = memory_format("%s_restored", d->database);
    text_append(t, "or restore the backup beside the database as it is:\n  createdb "
                   "-T template0 --maintenance-db=");
    add_url(d, t, d->database);
    text_append(t, " ");
    text_append_word(t, beside);
    text_append(t, " &&\n    pg_restore -d ");
    add_url(d, t, beside);
    text_append(t, " ");
    text_append_word(t, backup);
    text_append(t, "\n");
    free(beside);
}

static void add_services(const struct deploy *d, struct text *t)
{
    text_append_format(t, "services:\n  stop:  %s\n  start: %s\n", d->request->deployment->stop,
                       d->request->deployment->start);
}

static void add_migrator(const struct deploy *d, struct text *t, const char *what,
                         enum migrator_action action, const char *revision)
{
    const struct migrator *m = d->request->migrator;
    char *command = migrator_command(m->definition, action, revision);
    text_append_format(t, "%s:\n  (cd ", what);
    text_append_word(t, m->directory);
    if (m->path) { /* ours is looked for there first, as in the deployment */
        text_append(t, " && export PATH=");
        text_append_word(t, m->path);
        text_append(t, ":\"$PATH\"");
    }
    text_append(t, m->path ? " DATABASE_URL=" : " && export DATABASE_URL=");
    add_url(d, t, d->database);
    text_append_format(t, " &&\n    %s)\n", command);
    free(command);
}

char *deploy_by_hand(struct deploy *d, enum deploy_ending ending)
{
    struct text t = {0};
    const struct suite *s = d->request->suite;
    if (ending == DEPLOY_BACKED_OUT) {
        text_append(&t,
                    "nothing was changed in the database; run it again once the cause is fixed\n");
        return text_detach(&t);
    }
    if (ending == DEPLOY_STOPPED || ending == DEPLOY_UNFINISHED) {
        deploy_add_way_on(d, &t);
        return text_detach(&t);
    }
    text_append_format(&t, "the journal is %s\n", d->journal.path);
    add_services(d, &t);
    text_append(&t, "with the password, if one is needed, in PGPASSWORD or ~/.pgpass:\n");
    add_migrator(d, &t, "see the database's revision", MIGRATOR_CURRENT, NULL);
    add_migrator(d, &t, "undo the migration", MIGRATOR_DOWNGRADE, s->baseline);
    add_restore(d, &t);
    text_append(
        &t,
        "then start the services; or fix the cause, and continue the rollback with --rollback\n");
    return text_detach(&t);
}
