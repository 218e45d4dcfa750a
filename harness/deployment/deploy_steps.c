/* The work of each step, except for those of the migrator. */
#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "deployment/application_log.h"
#include "deployment/deploy_state.h"
#include "deployment/probe.h"
#include "production/backups/backup.h"
#include "schema/judge_validation.h"

static struct backup_options backup_options_of(struct deploy *d)
{
    return (struct backup_options){.cancel = d->request->stop, .mark = deploy_mark(d)};
}

enum deploy_outcome deploy_backup(struct deploy *d, struct deploy_report *report)
{
    const char *path = deploy_backup_path(d);
    const struct backup_options options = backup_options_of(d);
    struct stat status = {0};
    char *folder = memory_copy_of(path), *slash = strrchr(folder, '/');
    if (slash) {
        *slash = '\0';
        mkdir(folder, 0700);
    }
    free(folder);
    if (!backup_take(d->request->url, path, &options, &report->error) ||
        !backup_check(path, &options, &report->error))
        return DEPLOY_UNCHECKED;
    if (stat(path, &status) == 0)
        text_append_format(&report->message, "%.1f MB in %s", (double)status.st_size / 1e6, path);
    return DEPLOY_DONE;
}

static enum deploy_outcome conclude(struct deploy_report *report, bool tried, char *complaint)
{
    enum deploy_outcome outcome = tried ? DEPLOY_DONE : DEPLOY_UNCHECKED;
    if (tried && complaint)
        outcome = deploy_fails(report, "%s", complaint);
    free(complaint);
    return outcome;
}

enum deploy_outcome deploy_stop(struct deploy *d, struct deploy_report *report)
{
    const struct service s = deploy_service(d, false);
    char *complaint = NULL;
    bool tried = service_stop(&s, &complaint, &report->error);
    return conclude(report, tried, complaint);
}

/* An application that fails without its database is not a reason to roll back. */
static enum deploy_outcome unless_server_is_away(struct deploy *d, enum deploy_outcome outcome,
                                                 struct deploy_report *report)
{
    struct error away = {0};
    if (outcome != DEPLOY_FAILED || deploy_connect(d, &away))
        return outcome;
    error_reword(&away, "%s; and the database cannot be reached: %s", text_string(&report->message),
                 away.message);
    error_take(&report->error, &away);
    report->database_away = true;
    return DEPLOY_UNCHECKED;
}

enum deploy_outcome deploy_start(struct deploy *d, struct deploy_report *report)
{
    const struct service s = deploy_service(d, false);
    char *complaint = NULL;
    bool tried = service_start(&s, &complaint, &report->error);
    return unless_server_is_away(d, conclude(report, tried, complaint), report);
}

static enum deploy_outcome verify(struct deploy *d, const char *revision,
                                  struct deploy_report *report)
{
    bool there = false;
    char *said = NULL;
    enum deploy_outcome outcome = DEPLOY_DONE;
    if (!deploy_is_at(d, revision, &there, &said, &report->error))
        outcome = DEPLOY_UNCHECKED;
    else if (!there)
        outcome = deploy_fails(report, "the migrator reports revision '%s' instead of %s", said,
                               revision);
    free(said);
    return outcome;
}

enum deploy_outcome deploy_verify_baseline(struct deploy *d, struct deploy_report *report)
{
    return verify(d, d->request->suite->baseline, report);
}

enum deploy_outcome deploy_verify_target(struct deploy *d, struct deploy_report *report)
{
    return verify(d, d->request->suite->target, report);
}

static bool tell_rows(struct deploy *d, struct error *e)
{
    for (size_t i = 0; i < d->before.preserved_count; i++)
        if (!validation_tell_rows(&d->connection, d->request->suite->preserved_tables[i],
                                  d->before.tables[i].rows, e))
            return false;
    return true;
}

enum deploy_outcome deploy_validate(struct deploy *d, const char *validations, bool with_rows,
                                    struct deploy_report *report)
{
    const struct suite *suite = d->request->suite;
    struct validation_list list = {0};
    struct error *e = &report->error;
    const struct suite_validations *v = suite_find_validations(suite, validations, e);
    char *folder = v ? suite_path(suite, v->folder) : NULL;
    bool good = v && deploy_connect(d, e) && validation_list_load(folder, &list, e) &&
                (!with_rows || tell_rows(d, e));
    enum deploy_outcome outcome = DEPLOY_DONE;
    for (size_t i = 0; good && i < list.count; i++) {
        char *message, *rows;
        enum judgement judgement =
            judge_validation(&d->connection, &list.items[i], &message, &rows, e);
        good = judgement != JUDGEMENT_UNKNOWN;
        if (judgement == JUDGEMENT_OFFENDED)
            outcome = deploy_fails(report, "%s%s%s", message, list.items[i].remedy ? " -> " : "",
                                   list.items[i].remedy ? list.items[i].remedy : "");
        free(message);
        free(rows);
    }
    if (good && outcome == DEPLOY_DONE)
        text_append_format(&report->message, "%s%zu validations hold",
                           report->message.length ? "; " : "", list.count);
    validation_list_release(&list);
    free(folder);
    return good || outcome == DEPLOY_FAILED ? outcome : DEPLOY_UNCHECKED;
}

enum deploy_outcome deploy_pre_validation(struct deploy *d, struct deploy_report *report)
{
    enum deploy_outcome outcome = deploy_validate(d, "pre-migration", false, report);
    if (outcome != DEPLOY_DONE)
        return outcome;
    before_state_release(&d->before);
    d->before_known =
        before_state_take(&d->before, &d->connection, d->request->suite, &report->error) &&
        before_state_write(&d->before, d->before_path, &report->error);
    return d->before_known ? DEPLOY_DONE : DEPLOY_UNCHECKED;
}

enum deploy_outcome deploy_post_validation(struct deploy *d, struct deploy_report *report)
{
    struct text schema = {0}, rows = {0};
    struct error *e = &report->error;
    bool good = deploy_connect(d, e) && deploy_know_before(d, e);
    enum deploy_outcome outcome =
        good ? deploy_validate(d, "post-migration", true, report) : DEPLOY_UNCHECKED;
    good = good && outcome != DEPLOY_UNCHECKED &&
           before_state_compare_schema(&d->before, &d->connection, d->request->suite, true, &schema,
                                       e) &&
           before_state_compare_rows(&d->before, &d->connection, true, &rows, e);
    if (schema.length)
        outcome = deploy_fails(report, "not the approved change: %s", text_string(&schema));
    if (rows.length)
        outcome = deploy_fails(report, "rows were not kept: %s", text_string(&rows));
    text_release(&schema);
    text_release(&rows);
    return good || outcome == DEPLOY_FAILED ? outcome : DEPLOY_UNCHECKED;
}

static enum deploy_outcome probe_all(struct deploy *d, bool only_before,
                                     struct deploy_report *report)
{
    const struct deploy_request *r = d->request;
    unsigned asked = 0;
    for (unsigned i = 0; i < r->deployment->probe_count; i++) {
        const struct deployment_probe *p = &r->deployment->probes[i];
        struct probe_result result;
        if (only_before && !p->before)
            continue;
        bool tried = probe_run(p, r->variables, r->stop, &d->secrets, &result, &report->error);
        if (tried && !result.well)
            deploy_fails(report, "probe '%s' (%s %s): after %u %s %s", p->name, p->method, p->url,
                         result.tries, result.tries == 1 ? "try" : "tries", result.message);
        bool well = tried && result.well;
        probe_result_release(&result);
        if (!well)
            return tried ? DEPLOY_FAILED : DEPLOY_UNCHECKED;
        asked++;
    }
    text_append_format(&report->message, "%s%u probes answered as they should",
                       report->message.length ? "; " : "", asked);
    return DEPLOY_DONE;
}

/* Since when the logs are watched, as a log command gets it. */
static char *started_at(const struct deploy *d, enum deploy_step since)
{
    char *at = memory_copy_of(journal_step_fact(&d->journal, since, "started"));
    for (char *p = at; *p; p++)
        if (*p == 'T')
            *p = ' ';
        else if (*p == 'Z')
            *p = '\0';
    char *moment = memory_format("%s UTC", at);
    free(at);
    return moment;
}

enum deploy_outcome deploy_probes(struct deploy *d, struct deploy_report *report)
{
    const struct deploy_request *r = d->request;
    enum deploy_outcome outcome = unless_server_is_away(d, probe_all(d, false, report), report);
    if (outcome != DEPLOY_DONE || r->deployment->log_count == 0)
        return outcome;
    struct application_log_finding found;
    json_t *anew = json_object_get(d->journal.steps[DEPLOY_PROBES].begun_facts, "logs");
    enum deploy_step since = anew ? DEPLOY_PROBES : DEPLOY_START;
    json_t *marks = json_object_get(d->journal.steps[since].begun_facts, "logs");
    char *started = started_at(d, since);
    bool watched = application_log_watch(r->deployment, marks, started, r->variables, r->stop,
                                         &found, &report->error);
    if (watched && found.log) {
        /* what an application logs may hold secrets of its own: it is shown, and not kept */
        deploy_tell(d, "log '%s': %.500s", found.log, found.line);
        outcome = unless_server_is_away(
            d, deploy_fails(report, "an error in the log '%s'", found.log), report);
    }
    application_log_finding_release(&found);
    free(started);
    return watched ? outcome : DEPLOY_UNCHECKED;
}

enum deploy_outcome rollback_probes(struct deploy *d, struct deploy_report *report)
{
    return unless_server_is_away(d, probe_all(d, true, report), report);
}

bool deploy_application_is_well(struct deploy *d, char **complaint, struct error *e)
{
    struct deploy_report report = {0};
    enum deploy_outcome outcome = probe_all(d, true, &report);
    *complaint =
        outcome == DEPLOY_FAILED ? secrets_hide(&d->secrets, text_string(&report.message)) : NULL;
    if (outcome == DEPLOY_UNCHECKED)
        error_take(e, &report.error);
    text_release(&report.message);
    return outcome == DEPLOY_DONE;
}

/* Rows may have changed by right once the services ran again. */
static bool rows_are_comparable(const struct deploy *d)
{
    return !journal_was_begun(&d->journal, DEPLOY_START) &&
           !journal_was_begun(&d->journal, ROLLBACK_START);
}

/* No rehearsal could see it, since a copy lies in one tablespace. */
static bool warn_of_moved(struct deploy *d, struct error *e)
{
    struct text moved = {0};
    bool good = before_state_find_moved(&d->before, &d->connection, &moved, e);
    if (moved.length)
        deploy_tell(d,
                    "WARNING: no longer in their tablespaces: %s; move them with ALTER TABLE … SET "
                    "TABLESPACE or ALTER INDEX … SET TABLESPACE",
                    text_string(&moved));
    text_release(&moved);
    return good;
}

enum deploy_outcome rollback_verify(struct deploy *d, struct deploy_report *report)
{
    struct text schema = {0}, rows = {0};
    struct error *e = &report->error;
    enum deploy_outcome outcome = verify(d, d->request->suite->baseline, report);
    if (!deploy_was_touched(d)) /* how it was may not be known, and we have changed nothing */
        return outcome;
    bool good = outcome != DEPLOY_UNCHECKED && deploy_connect(d, e) && deploy_know_before(d, e) &&
                before_state_compare_schema(&d->before, &d->connection, d->request->suite, false,
                                            &schema, e) &&
                warn_of_moved(d, e) &&
                (!rows_are_comparable(d) ||
                 before_state_compare_rows(&d->before, &d->connection, true, &rows, e));
    if (schema.length)
        outcome = deploy_fails(report, "the schema is not as it was: %s", text_string(&schema));
    if (rows.length)
        outcome = deploy_fails(report, "rows are not as they were: %s", text_string(&rows));
    text_release(&schema);
    text_release(&rows);
    return good || outcome == DEPLOY_FAILED ? outcome : DEPLOY_UNCHECKED;
}

enum deploy_outcome rollback_validation(struct deploy *d, struct deploy_report *report)
{
    return deploy_validate(d, "post-rollback", rows_are_comparable(d), report);
}

/* Somebody, or a run that was interrupted, has restored them. */
static bool rows_are_back(struct deploy *d, bool *back, struct error *e)
{
    struct text differences = {0};
    bool good = deploy_connect(d, e) &&
                before_state_compare_rows(&d->before, &d->connection, false, &differences, e);
    *back = good && !differences.length;
    text_release(&differences);
    return good;
}

static bool restore_rows(struct deploy *d, const char **tables, size_t count,
                         struct deploy_report *report)
{
    struct text differences = {0};
    const struct backup_options options = backup_options_of(d);
    bool good =
        backup_restore_rows(deploy_backup_path(d), d->request->url, tables, count, &options,
                            &report->error) &&
        deploy_connect(d, &report->error) &&
        before_state_compare_rows(&d->before, &d->connection, false, &differences, &report->error);
    if (good)
        text_append_format(&report->message, "rows of %zu table%s", count, count == 1 ? "" : "s");
    if (good && differences.length)
        text_append_format(&report->message,
                           "; unlike when the services stopped, because the backup is older: %s",
                           text_string(&differences));
    text_release(&differences);
    return good;
}

enum deploy_outcome rollback_restore(struct deploy *d, struct deploy_report *report)
{
    size_t count;
    bool back = false;
    if (!deploy_know_before(d, &report->error))
        return DEPLOY_UNCHECKED;
    const char **tables = before_state_lost_tables(&d->before, &count);
    bool good = rows_are_back(d, &back, &report->error) &&
                (back || count == 0 || restore_rows(d, tables, count, report));
    if (good && (back || count == 0))
        text_append(&report->message, count ? "all rows are there already" : "no table lost rows");
    free(tables);
    return good ? DEPLOY_DONE : DEPLOY_UNCHECKED;
}
