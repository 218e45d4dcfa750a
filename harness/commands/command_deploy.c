/* pgrehearse deploy: the runbook on a real database, after a certificate that holds for it. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/yaml_name.h"
#include "commands/command.h"
#include "commands/remembered_arguments.h"
#include "commands/report_options.h"
#include "commands/suite_arguments.h"
#include "deployment/deploy.h"
#include "deployment/whole_url.h"
#include "ground/installation.h"
#include "ground/signals.h"
#include "postgres/url.h"
#include "production/certificates/certificate_compare.h"
#include "production/certificates/certificate_signature.h"
#include "rehearsal/suite_check.h"

const struct option_spec command_deploy_options[] = {
    {"database", "URL", "the database to migrate"},
    {"certificate", "FILE", "certificate.json, which must be valid for this database now"},
    {"signers", "FILE", "require a signature by one of these (ssh-keygen's allowed signers)"},
    {"max-age", "DAYS", "maximum age of the certificate (default: 30)"},
    {"deployment", "FILE", "deployment file to use instead of the suite's"},
    {"plan", NULL, "check everything, show what would be done, and do nothing"},
    {"yes", NULL, "do not ask"},
    {"rollback", NULL, "roll back a deployment that has begun or finished"},
    {"restore-rows", NULL, "on a rollback, restore the rows of the dropped tables (the default)"},
    {"no-restore-rows", NULL, "do not restore them; the services then stay down"},
    {"migrator", "NAME", "use this migrator of the suite (default: its first)"},
    {"migrations", "DIR", "use the migrations in this folder, not the suite's"},
    {"until", "STEP", "stop after this step; continue later"},
    {"output", "DIR", "folder for journal, logs, backups, reports (default: deployment)"},
    REPORT_OPTIONS,
    {NULL, NULL, NULL}};

/* Everything that one deploy builds on. */
struct undertaking {
    const struct suite_arguments *given;
    char *url, *output; /* whole, wherever somebody pastes them */
    char *again;        /* the command line that goes on */
    double days;        /* how old the certificate may be */
    struct cancel stop, abort;
    struct deployment *deployment;
    struct migrator migrator;
    struct certificate certificate;
    enum deploy_step until;
    struct deploy_request request;
    struct deploy deploy;
    struct run_record record; /* of its steps, for the reports */
    struct event_stream events;
    struct reporting reporting;
    bool plan;        /* do nothing but look */
    bool made_output; /* its folder was not there */
    bool deployed;    /* it is deployed already, and nothing is left to do */
    int code;         /* of a refusal; EXIT_PASSED while there is none */
};

static bool choose_migrator(struct undertaking *u, struct error *e)
{
    const struct arguments *a = &u->given->arguments;
    return ground_choose_migrator(&u->migrator, u->given->suite, arguments_value(a, "migrator"),
                                  arguments_value(a, "migrations"), NULL, e);
}

static bool load_deployment(struct undertaking *u, struct error *e)
{
    const struct suite *suite = u->given->suite;
    const char *file = arguments_value(&u->given->arguments, "deployment");
    if (!file && !suite->deployment)
        return error_set(e, ERROR_USAGE,
                         "suite %s has no deployment file; give one with --deployment",
                         suite->name);
    char *path = file ? memory_copy_of(file) : suite_path(suite, suite->deployment);
    u->deployment = deployment_load(path, e);
    free(path);
    return u->deployment != NULL;
}

static bool read_until(struct undertaking *u, struct error *e)
{
    const char *name = arguments_value(&u->given->arguments, "until");
    if (!name)
        return true;
    if (!deploy_step_find(name, &u->until) || (int)u->until >= DEPLOY_FORWARD) {
        const char *steps[DEPLOY_FORWARD];
        for (int i = 0; i < DEPLOY_FORWARD; i++)
            steps[i] = deploy_step_name((enum deploy_step)i);
        char *remedy = yaml_name_remedy(name, steps, DEPLOY_FORWARD);
        error_set(e, ERROR_USAGE, "--until %s: no such step; %s", name, remedy);
        free(remedy);
        return false;
    }
    if (arguments_given(&u->given->arguments, "rollback"))
        return error_set(e, ERROR_USAGE, "--until cannot be combined with --rollback");
    u->request.until = &u->until;
    return true;
}

/* Where to stop, to go back; and receivers, whose URLs hold secrets. */
static bool is_of_once(const char *option)
{
    static const char *const names[] = {"until",   "plan",        "rollback", "restore-rows",
                                        "webhook", "pushgateway", "otlp",     "no-restore-rows"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(option, names[i]) == 0)
            return true;
    return false;
}

/* What was given, except for the password and for what is said again: where to stop, to go back. */
static char *command_again(const struct undertaking *u)
{
    struct text t = {0};
    text_append(&t, "pgrehearse deploy ");
    text_append_word(&t, u->given->suite->folder);
    for (const struct option_spec *o = command_deploy_options; o->name; o++) {
        const char *value = arguments_value(&u->given->arguments, o->name);
        if (!value || is_of_once(o->name))
            continue;
        char *url = strcmp(o->name, "database") == 0 ? url_for_display(u->url) : NULL;
        text_append_format(&t, " --%s", o->name);
        if (o->argument) {
            text_append(&t, " ");
            text_append_word(&t, url ? url : value);
        }
        free(url);
    }
    return text_detach(&t);
}

/* Its path is whole: the journal tells the backup's to whoever goes on from another folder. */
static bool make_output(struct undertaking *u, struct error *e)
{
    const char *given = arguments_value(&u->given->arguments, "output");
    const char *folder = given && *given ? given : "deployment";
    u->made_output = mkdir(folder, 0700) == 0;
    if (u->made_output || errno == EEXIST)
        u->output = realpath(folder, NULL);
    u->request.output = u->output;
    return u->output || error_set(e, ERROR_UNAVAILABLE,
                                  "the folder %s cannot be made: %s; give another with "
                                  "--output",
                                  folder, strerror(errno));
}

static bool read_arguments(struct undertaking *u, struct error *e)
{
    const struct arguments *a = &u->given->arguments;
    const char *url = arguments_value(a, "database");
    uint64_t days = CERTIFICATE_DAYS;
    u->request = (struct deploy_request){.suite = u->given->suite,
                                         .migrator = &u->migrator,
                                         .rollback = arguments_given(a, "rollback"),
                                         .restore_rows = !arguments_given(a, "no-restore-rows"),
                                         .stop = &u->stop,
                                         .abort = &u->abort};
    if (!url || !*url)
        return error_set(e, ERROR_USAGE, "deploy: which database? Give --database URL");
    u->plan = arguments_given(a, "plan");
    u->url = whole_url(url, e);
    u->request.url = u->request.migrator_url = u->url;
    if (!u->url || !arguments_number(a, "max-age", &days, e))
        return false;
    u->days = (double)days;
    u->request.again = u->again = command_again(u);
    if (!arguments_given(a, "certificate") && !u->request.rollback)
        return error_set(e, ERROR_USAGE,
                         "deploy: give --certificate FILE, as pgrehearse certify wrote it");
    if (arguments_given(a, "restore-rows") && arguments_given(a, "no-restore-rows"))
        return error_set(e, ERROR_USAGE,
                         "deploy: give --restore-rows or --no-restore-rows, not both");
    if (!u->plan && !arguments_given(a, "yes") && !isatty(STDIN_FILENO))
        return error_set(e, ERROR_USAGE,
                         "deploy: there is no terminal to ask on; confirm with --yes, or "
                         "--plan to see what would be done");
    return read_until(u, e) && suite_check_files(u->given->suite, true, e) &&
           choose_migrator(u, e) && load_deployment(u, e) && make_output(u, e) &&
           (u->plan ||
            report_options_open(&u->reporting, a,
                                &(struct reporting_request){
                                    .format = "pretty", .folder = u->output, .display = "steps"},
                                e));
}

/* The database is looked at only while it is still the one that was certified. */
static bool read_ground(struct undertaking *u, bool with_database, struct certificate_ground *now,
                        struct error *e)
{
    const struct certificate *c = &u->certificate;
    struct migrator asked = u->migrator;
    asked.cancel = &u->stop;
    if (!certificate_ground_read(now, u->given->suite, &asked, e))
        return false;
    struct certificate_differences d = {0};
    certificate_compare(c, now, time(NULL), u->days, &d);
    bool same = d.differing == 0; /* changed migrations are not run, not even to ask */
    certificate_differences_release(&d);
    if (!same || !with_database)
        return true;
    return certificate_ground_read_database(now, &c->ground, &u->deploy.connection, e) &&
           certificate_ground_read_revision(now, &asked, u->url, e);
}

/* Standard output, unless it is a document. */
static FILE *stream_for_people(const struct undertaking *u)
{
    return !u->plan && reporting_owns_output(&u->reporting) ? stderr : stdout;
}

/* What does not hold, what is worth knowing, and who has signed it. */
static void print_points(FILE *out, const struct certificate_differences *d)
{
    static const char *const words[] = {[CERTIFICATE_AGREES] = "ok",
                                        [CERTIFICATE_DIFFERS] = "differs",
                                        [CERTIFICATE_NOTE] = "note"};
    for (size_t i = 0; i < d->count; i++)
        if (d->items[i].agreement != CERTIFICATE_AGREES ||
            strcmp(d->items[i].about, "signature") == 0)
            fprintf(out, "%-8s %-10s  %s\n", words[d->items[i].agreement], d->items[i].about,
                    d->items[i].text);
}

/* The journal's last deployment is this very one, it is finished, and the database is where it led.
 */
static bool is_deployed(const struct undertaking *u, const struct certificate_ground *now)
{
    const char *revision = now->revision ? now->revision : "";
    return deploy_has_deployed(&u->deploy) && strcmp(revision, u->given->suite->target) == 0;
}

/* Prints why it does not hold, and sets the exit code. */
static bool check_certificate(struct undertaking *u, struct error *e)
{
    const char *path = arguments_value(&u->given->arguments, "certificate");
    enum deploy_stage stage = deploy_stage(&u->deploy);
    if (u->request.rollback || stage == DEPLOY_ROLLING_BACK || !path)
        return true; /* the way back is open in any case */
    struct certificate_ground now = {0};
    struct certificate_differences d = {0};
    const char *signers = arguments_value(&u->given->arguments, "signers");
    bool good = certificate_check_signature(path, signers, &u->stop, &d, e) &&
                certificate_read(path, &u->certificate, e) &&
                read_ground(u, stage != DEPLOY_TOUCHED && d.differing == 0, &now, e);
    if (good)
        certificate_compare(&u->certificate, &now, time(NULL), u->days, &d);
    u->deployed = good && is_deployed(u, &now);
    if (!u->deployed)
        print_points(stream_for_people(u), &d);
    if (good && d.differing && !u->deployed) {
        fflush(stdout);
        fprintf(stderr,
                "pgrehearse: the certificate is not valid for this database: nothing was done%s\n",
                stage == DEPLOY_FRESH
                    ? ""
                    : "; the unfinished deployment stays where it is; --rollback undoes it");
        u->code = EXIT_FINDINGS;
        good = false;
    }
    u->request.certificate = u->certificate.id;
    certificate_differences_release(&d);
    certificate_ground_release(&now);
    return good;
}

/* The probes that hold at the baseline have to be true now: later they would prove nothing. */
static bool check_application(struct undertaking *u, struct error *e)
{
    char *complaint = NULL;
    if (u->deployed || u->request.rollback || deploy_stage(&u->deploy) != DEPLOY_FRESH ||
        deploy_application_is_well(&u->deploy, &complaint, e))
        return true;
    if (complaint) {
        fprintf(stderr, "pgrehearse: the application is unhealthy before the deployment: %s\n",
                complaint);
        u->code = EXIT_FINDINGS;
    }
    free(complaint);
    return false;
}

static bool confirm(struct undertaking *u)
{
    if (arguments_given(&u->given->arguments, "yes"))
        return true;
    char answer[16] = "";
    bool back = u->request.rollback || deploy_stage(&u->deploy) == DEPLOY_ROLLING_BACK;
    FILE *out = stream_for_people(u);
    fputs(back ? "Roll back? [y/N] " : "Deploy? [y/N] ", out);
    fflush(out);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return true;
    fputs("pgrehearse: not confirmed: nothing was done\n", stderr);
    u->code = EXIT_USAGE;
    return false;
}

static int conclude(const struct undertaking *u, const struct deploy_result *result)
{
    FILE *out = stream_for_people(u);
    fprintf(out, "%s%s%s\n", deploy_ending_name(result->ending), result->message ? ": " : "",
            result->message ? result->message : "");
    if (result->by_hand)
        fputs(result->by_hand, out);
    switch (result->ending) {
    case DEPLOY_DEPLOYED:
        return EXIT_PASSED;
    case DEPLOY_ROLLED_BACK:
        return u->request.rollback ? EXIT_PASSED : EXIT_FINDINGS;
    case DEPLOY_STUCK:
        return EXIT_FINDINGS;
    case DEPLOY_STOPPED:
    case DEPLOY_BACKED_OUT:
    case DEPLOY_UNFINISHED:
        break;
    }
    return EXIT_UNCHECKED;
}

/* Nothing is to be done: of a plan that is shown, nothing stays behind either. */
static void leave_no_trace(const struct undertaking *u)
{
    const struct journal *j = &u->deploy.journal;
    struct stat status;
    if (j->path && !j->any && j->fd >= 0 && fstat(j->fd, &status) == 0 && status.st_size == 0)
        unlink(j->path);
    if (u->made_output)
        rmdir(u->output);
}

/* True if that is all. */
static bool only_tells(const struct undertaking *u)
{
    FILE *out = stream_for_people(u);
    if (u->deployed)
        fprintf(out, "already deployed: %s; nothing was done\n",
                journal_fact(&u->deploy.journal, "deployment"));
    else if (u->plan)
        fputs("only a plan: nothing was done\n", out);
    return u->deployed || u->plan;
}

static int undertake(struct undertaking *u, struct error *e)
{
    struct deploy_result result = {0};
    u->deploy.journal.fd = -1;
    if (!read_arguments(u, e))
        return command_fail(e);
    u->request.deployment = u->deployment;
    u->request.record = &u->record;
    u->request.events = &u->events;
    bool good = (u->plan || reporting_listen(&u->reporting, &u->events, e)) &&
                deploy_open(&u->deploy, &u->request, e) && check_certificate(u, e) &&
                check_application(u, e);
    if (good && !u->deployed) {
        char *plan = deploy_plan(&u->deploy);
        fputs(plan, stream_for_people(u));
        fflush(stream_for_people(u));
        free(plan);
    }
    bool done = good && only_tells(u);
    good = good && (done || confirm(u));
    int code = u->code;
    if (good && !done) {
        deploy_run(&u->deploy, &result);
        code = conclude(u, &result);
        code = report_options_finish(&u->reporting, &u->record, &u->stop, code);
    } else if (!done && code == EXIT_PASSED) {
        code = command_fail(e);
        char *standing = e->kind == ERROR_USAGE ? NULL : deploy_standing(&u->deploy);
        fputs(standing ? standing : "", stderr);
        free(standing);
    }
    deploy_result_release(&result);
    if (u->plan)
        leave_no_trace(u);
    deploy_close(&u->deploy);
    return code;
}

int command_deploy(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct deploy_memory remembered = {0};
    const char **all = remembered_arguments(&argc, argv, command_deploy_options, &remembered);
    struct suite_arguments given;
    struct signals signals = {0};
    struct undertaking u = {.given = &given, .stop.fd = -1, .abort.fd = -1};
    int code = EXIT_PASSED;
    event_stream_init(&u.events, &u.record);
    if (!suite_arguments_parse(&given, argc, all, self->synopsis, self->options, 0, &e))
        code = command_fail(&e);
    else if (!given.arguments.help) {
        if (cancel_init(&u.stop) && cancel_init(&u.abort) &&
            signals_watch_twice(&signals, &u.stop, &u.abort))
            code = undertake(&u, &e);
        else
            code = command_fail(&(struct error){ERROR_UNAVAILABLE, "", "cannot watch for signals"});
    }
    signals_release(&signals);
    reporting_release(&u.reporting);
    event_stream_release(&u.events);
    record_release(&u.record);
    certificate_release(&u.certificate);
    deployment_free(u.deployment);
    migrator_release(&u.migrator);
    free(u.url);
    free(u.output);
    free(u.again);
    cancel_release(&u.stop);
    cancel_release(&u.abort);
    suite_arguments_release(&given);
    deploy_memory_release(&remembered);
    free(all);
    return code;
}
