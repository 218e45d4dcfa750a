/* pgrehearse verify: does a certificate still hold, point by point. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "commands/arguments.h"
#include "commands/command.h"
#include "ground/given_database.h"
#include "ground/installation.h"
#include "ground/signals.h"
#include "production/certificates/certificate_compare.h"
#include "production/certificates/certificate_signature.h"

struct verification {
    const struct arguments *arguments;
    const char *path;
    double days;
    const struct cancel *cancel;
    struct certificate certificate;
    struct suite *suite;
    struct migrator migrator;
    struct certificate_ground now;
    struct certificate_differences differences;
};

static bool read_arguments(struct verification *v, struct error *e)
{
    const struct arguments *a = v->arguments;
    uint64_t days = CERTIFICATE_DAYS;
    if (a->positional_count < 1 || a->positional_count > 2)
        return error_set(e, ERROR_USAGE, "verify: which certificate? Give a certificate.json");
    v->path = a->positional[a->positional_count - 1];
    if (!arguments_number(a, "max-age", &days, e))
        return false;
    v->days = (double)days;
    return true;
}

/* The suite given, else the shipped one of the certificate's name: never a path that it tells. */
static bool load_suite(struct verification *v, struct error *e)
{
    const char *told = v->certificate.ground.suite;
    bool given = v->arguments->positional_count == 2;
    if (!given && (!*told || told[strspn(told, "abcdefghijklmnopqrstuvwxyz0123456789_-")]))
        return error_set(e, ERROR_USAGE,
                         "%s: which suite? Give it: pgrehearse verify SUITE CERTIFICATE", v->path);
    char *folder = installation_suite(given ? v->arguments->positional[0] : told, e);
    v->suite = folder ? suite_load(folder, e) : NULL;
    free(folder);
    return v->suite || error_prefix(e, "verify");
}

/* False without an error if the suite does not have the certificate's migrator. */
static bool choose_migrator(struct verification *v, struct error *e)
{
    const char *migrations = arguments_value(v->arguments, "migrations");
    struct error unknown = {0};
    const struct suite_migrator *m =
        suite_find_migrator(v->suite, v->certificate.ground.migrator, &unknown);
    if (!m) {
        certificate_add_point(&v->differences, CERTIFICATE_DIFFERS, "migrator", "%s",
                              unknown.message);
        return false;
    }
    if (v->certificate.replaced && !migrations)
        return error_set(e, ERROR_USAGE,
                         "%s certifies migrations that are not the suite's own: give their folder "
                         "with --migrations",
                         v->path);
    return ground_choose_migrator(&v->migrator, v->suite, m->name, migrations, v->cancel, e);
}

/* Changed migrations are not run, not even to ask where the database is. */
static bool is_as_certified(const struct verification *v)
{
    struct certificate_differences d = {0};
    certificate_compare(&v->certificate, &v->now, time(NULL), v->days, &d);
    bool same = true;
    for (size_t i = 0; i < d.count; i++)
        same = same &&
               (d.items[i].agreement != CERTIFICATE_DIFFERS ||
                strcmp(d.items[i].about, "verdict") == 0 || strcmp(d.items[i].about, "age") == 0);
    certificate_differences_release(&d);
    return same;
}

static bool read_database(struct verification *v, const char *url, struct error *e)
{
    bool asks = is_as_certified(v);
    struct connection c = {0};
    bool good = given_database_open(&c, url, true, v->cancel, e) &&
                certificate_ground_read_database(&v->now, &v->certificate.ground, &c, e);
    connection_close(&c);
    return good && (!asks || certificate_ground_read_revision(&v->now, &v->migrator, url, e));
}

static bool verify(struct verification *v, struct error *e)
{
    const char *url = arguments_value(v->arguments, "database");
    if (!read_arguments(v, e) || !certificate_read(v->path, &v->certificate, e) ||
        !load_suite(v, e))
        return false;
    if (!certificate_check_signature(v->path, arguments_value(v->arguments, "signers"), v->cancel,
                                     &v->differences, e))
        return false;
    if (!choose_migrator(v, e))
        return e->kind == ERROR_NONE;
    if (!certificate_ground_read(&v->now, v->suite, &v->migrator, e))
        return false;
    struct error unread = {0};
    if (url && !read_database(v, url, &unread))
        v->now.with_database = false; /* what is in the files is reported all the same */
    certificate_compare(&v->certificate, &v->now, time(NULL), v->days, &v->differences);
    return unread.kind == ERROR_NONE || error_take(e, &unread);
}

static void print_points(const struct certificate_differences *d)
{
    static const char *const words[] = {[CERTIFICATE_AGREES] = "ok",
                                        [CERTIFICATE_DIFFERS] = "differs",
                                        [CERTIFICATE_NOTE] = "note"};
    for (size_t i = 0; i < d->count; i++)
        printf("%-8s %-10s  %s\n", words[d->items[i].agreement], d->items[i].about,
               d->items[i].text);
}

static int conclude(const struct verification *v, const struct error *e)
{
    const struct certificate_differences *d = &v->differences;
    print_points(d);
    if (d->differing)
        printf("not valid: %zu difference%s\n", d->differing, d->differing == 1 ? "" : "s");
    else if (e->kind == ERROR_NONE)
        puts("holds");
    fflush(stdout); /* before what stderr tells; main() looks whether it arrived */
    int code = e->kind == ERROR_NONE ? EXIT_PASSED : command_fail(e);
    return d->differing && code != EXIT_USAGE ? EXIT_FINDINGS : code;
}

static void release(struct verification *v)
{
    certificate_differences_release(&v->differences);
    certificate_ground_release(&v->now);
    migrator_release(&v->migrator);
    suite_free(v->suite);
    certificate_release(&v->certificate);
}

const struct option_spec command_verify_options[] = {
    {"migrations", "DIR", "folder of the migrations, instead of the suite's"},
    {"database", "URL", "compare this database too; it is only read"},
    {"max-age", "DAYS", "maximum age of the certificate (default: 30)"},
    {"signers", "FILE", "require a signature by one of these (ssh-keygen's allowed signers)"},
    {NULL, NULL, NULL}};

int command_verify(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct arguments a;
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    struct verification v = {.arguments = &a, .cancel = &cancel};
    int code = EXIT_PASSED;
    if (!arguments_parse(&a, argc, argv, self->synopsis, self->options, NULL, &e)) {
        code = command_fail(&e);
    } else if (!a.help) {
        if ((cancel_init(&cancel) && signals_watch(&signals, &cancel)) ||
            error_set(&e, ERROR_UNAVAILABLE, "cannot watch for signals"))
            verify(&v, &e);
        code = conclude(&v, &e);
    }
    release(&v);
    signals_release(&signals);
    cancel_release(&cancel);
    arguments_release(&a);
    return code;
}
