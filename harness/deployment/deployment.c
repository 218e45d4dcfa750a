#include "deployment/deployment.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/yaml_file.h"
#include "base/yaml_name.h"
#include "deployment/deployment_schema.h"

static const double usual_command_limit = 60, usual_deadline = 30, usual_pause = 0.5;
static const double usual_watch = 10, usual_lock_pause = 2, usual_lock_pause_most = 60;
static const double usual_session_limit = 30;

static const cyaml_schema_value_t header_item = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};

#define STRING(structure, member)                                                                  \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, structure, member, 1, CYAML_UNLIMITED)
#define OPTIONAL_STRING(structure, member)                                                         \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member,   \
                           0, CYAML_UNLIMITED)
#define OPTIONAL_SECONDS(structure, member)                                                        \
    CYAML_FIELD_FLOAT(#member, CYAML_FLAG_OPTIONAL, structure, member)
#define OPTIONAL_BOOL(structure, member)                                                           \
    YAML_FIELD_BOOL(#member, CYAML_FLAG_OPTIONAL, structure, member)

static const cyaml_schema_field_t probe_fields[] = {
    STRING(struct deployment_probe, name),
    OPTIONAL_STRING(struct deployment_probe, method),
    STRING(struct deployment_probe, url),
    CYAML_FIELD_SEQUENCE_COUNT("headers", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                               struct deployment_probe, headers, header_count, &header_item, 0,
                               CYAML_UNLIMITED),
    OPTIONAL_STRING(struct deployment_probe, body),
    CYAML_FIELD_INT("status", CYAML_FLAG_OPTIONAL, struct deployment_probe, status),
    OPTIONAL_STRING(struct deployment_probe, matches),
    OPTIONAL_SECONDS(struct deployment_probe, latency),
    OPTIONAL_SECONDS(struct deployment_probe, deadline),
    OPTIONAL_SECONDS(struct deployment_probe, pause),
    CYAML_FIELD_UINT("retries", CYAML_FLAG_OPTIONAL, struct deployment_probe, retries),
    OPTIONAL_BOOL(struct deployment_probe, before),
    CYAML_FIELD_END};
static const cyaml_schema_value_t probe = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct deployment_probe, probe_fields)};

static const cyaml_schema_field_t log_fields[] = {STRING(struct deployment_log, name),
                                                  OPTIONAL_STRING(struct deployment_log, file),
                                                  OPTIONAL_STRING(struct deployment_log, command),
                                                  STRING(struct deployment_log, errors),
                                                  OPTIONAL_STRING(struct deployment_log, ignore),
                                                  OPTIONAL_SECONDS(struct deployment_log, seconds),
                                                  CYAML_FIELD_END};
static const cyaml_schema_value_t log_item = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct deployment_log, log_fields)};

static const cyaml_schema_field_t deployment_fields[] = {
    STRING(struct deployment, stop),
    STRING(struct deployment, start),
    OPTIONAL_STRING(struct deployment, running),
    OPTIONAL_SECONDS(struct deployment, command_limit),
    OPTIONAL_STRING(struct deployment, backup_folder),
    OPTIONAL_BOOL(struct deployment, backup_after_stop),
    OPTIONAL_SECONDS(struct deployment, lock_timeout),
    CYAML_FIELD_UINT("lock_retries", CYAML_FLAG_OPTIONAL, struct deployment, lock_retries),
    OPTIONAL_SECONDS(struct deployment, lock_pause),
    OPTIONAL_SECONDS(struct deployment, lock_pause_most),
    OPTIONAL_SECONDS(struct deployment, session_limit),
    CYAML_FIELD_SEQUENCE_COUNT("probes", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                               struct deployment, probes, probe_count, &probe, 0, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE_COUNT("logs", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct deployment,
                               logs, log_count, &log_item, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END};
const cyaml_schema_value_t deployment_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct deployment, deployment_fields)};

static bool wrong(struct error *e, const struct deployment *d, const char *key, const char *problem)
{
    return yaml_value_wrong(d->path, key, NULL, problem, e);
}

static bool check_regex(const struct deployment *d, const char *key, const char *pattern,
                        struct error *e)
{
    char *fault = pattern ? pattern_fault(pattern) : NULL;
    if (fault) {
        char *problem = memory_format("not an extended regular expression: %s", fault);
        yaml_value_wrong(d->path, key, pattern, problem, e);
        free(problem);
    }
    bool good = !fault;
    free(fault);
    return good;
}

/* Seconds of 0 or more; 0, or nothing in the file, becomes `usual`. */
static bool check_seconds(const struct deployment *d, const char *key, double *seconds,
                          double usual, struct error *e)
{
    if (*seconds != 0 && !clock_is_limit(*seconds))
        return wrong(e, d, key, "expected seconds, 0 or more and at most a year");
    if (*seconds == 0)
        *seconds = usual;
    return true;
}

/* The value of a credential does not belong here: everybody who can read the suite would have it.
 */
static bool has_plain_secret(const char *header)
{
    static const char *const names[] = {
        "authorization:", "cookie:", "x-api-key:", "proxy-authorization:"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncasecmp(header, names[i], strlen(names[i])) == 0)
            return !strstr(header, "${");
    return false;
}

static bool check_probe(const struct deployment *d, struct deployment_probe *p, struct error *e)
{
    for (unsigned i = 0; i < p->header_count; i++) {
        if (!strchr(p->headers[i], ':') || strpbrk(p->headers[i], "\r\n"))
            return wrong(e, d, "probes.headers", "expected \"Name: value\", on one line");
        if (has_plain_secret(p->headers[i]))
            return wrong(e, d, "probes.headers",
                         "expected ${NAME} for the credential, which belongs in the environment");
    }
    if (p->status == 0)
        p->status = 200;
    if (p->status < 100 || p->status > 599)
        return wrong(e, d, "probes.status", "expected an HTTP status, 100 to 599");
    if (!p->method)
        p->method = memory_copy_of(p->body ? "POST" : "GET");
    if (p->method[strspn(p->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
        return wrong(e, d, "probes.method", "expected upper-case letters, as in POST");
    return check_seconds(d, "probes.latency", &p->latency, 0, e) &&
           check_seconds(d, "probes.deadline", &p->deadline, usual_deadline, e) &&
           check_seconds(d, "probes.pause", &p->pause, usual_pause, e) &&
           check_regex(d, "probes.matches", p->matches, e);
}

static bool check_log(const struct deployment *d, struct deployment_log *l, struct error *e)
{
    if ((l->file != NULL) + (l->command != NULL) != 1)
        return wrong(e, d, "logs", "expected one of file and command in each");
    return check_seconds(d, "logs.seconds", &l->seconds, usual_watch, e) &&
           check_regex(d, "logs.errors", l->errors, e) &&
           check_regex(d, "logs.ignore", l->ignore, e);
}

static bool check(struct deployment *d, struct error *e)
{
    if (!d->backup_folder)
        d->backup_folder = memory_copy_of("backups");
    bool good = check_seconds(d, "command_limit", &d->command_limit, usual_command_limit, e);
    good = check_seconds(d, "lock_timeout", &d->lock_timeout, 0, e) && good;
    good = check_seconds(d, "lock_pause", &d->lock_pause, usual_lock_pause, e) && good;
    good =
        check_seconds(d, "lock_pause_most", &d->lock_pause_most, usual_lock_pause_most, e) && good;
    good = check_seconds(d, "session_limit", &d->session_limit, usual_session_limit, e) && good;
    if (d->lock_timeout > 86400)
        good = wrong(e, d, "lock_timeout", "expected seconds, at most a day");
    if (d->lock_retries > 1000)
        good = wrong(e, d, "lock_retries", "expected at most 1000");
    else if (d->lock_retries > 0 && d->lock_timeout == 0)
        good = wrong(e, d, "lock_retries", "expected a lock_timeout beside it");
    for (unsigned i = 0; i < d->probe_count; i++)
        good = check_probe(d, &d->probes[i], e) && good;
    for (unsigned i = 0; i < d->log_count; i++)
        good = check_log(d, &d->logs[i], e) && good;
    return good;
}

struct deployment *deployment_load(const char *path, struct error *e)
{
    void *loaded = NULL;
    if (!yaml_file_load(path, &deployment_schema, &loaded, e))
        return NULL;
    struct deployment *d = loaded;
    d->path = memory_copy_of(path);
    if (check(d, e))
        return d;
    deployment_free(d);
    return NULL;
}

void deployment_free(struct deployment *d)
{
    if (!d)
        return;
    free(d->path);
    yaml_file_free(&deployment_schema, d);
}
