#include "commands/certify.h"

#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "postgres/url.h"
#include "production/certificates/certificate_signature.h"
#include "record/verdict.h"

/* At the commas that are not within double quotes. */
static void split_patterns(struct source_request *request, const char *patterns)
{
    while (*patterns) {
        size_t length = 0;
        for (bool quoted = false; patterns[length] && (quoted || patterns[length] != ','); length++)
            quoted = quoted != (patterns[length] == '"');
        if (length)
            *(char **)memory_append(&request->excluded, &request->excluded_count,
                                    sizeof *request->excluded) =
                memory_format("%.*s", (int)length, patterns);
        patterns += length + (patterns[length] == ',');
    }
}

static bool check_source(const struct source_request *request, struct error *e)
{
    struct url url = {0};
    if ((request->url != NULL) == (request->dump != NULL))
        return error_set(e, ERROR_USAGE,
                         "certify: give exactly one of --source URL and --dump FILE");
    if (request->url && !request->url[0])
        return error_set(e, ERROR_USAGE, "--source: expected a connection URL");
    if (request->dump && access(request->dump, R_OK) != 0)
        return error_set(e, ERROR_USAGE, "--dump %s: there is no such file, or it cannot be read",
                         request->dump);
    if (request->trust_dump && !request->dump)
        return error_set(e, ERROR_USAGE, "--trust-dump: only with --dump");
    if (request->dump && request->excluded_count)
        return error_set(
            e, ERROR_USAGE,
            "--exclude-table-data: only with --source; leave the rows out when making the dump");
    bool good = !request->url || url_parse(&url, request->url, e) || error_prefix(e, "--source");
    url_release(&url);
    return good;
}

static bool has_certification(const struct rehearse_request *request)
{
    for (size_t i = 0; i < request->list->count; i++)
        if (request->chosen[i] && request->list->entries[i].on_source)
            return true;
    return false;
}

bool certify_read(struct certify *c, const struct arguments *a, struct run *run,
                  const struct rehearse_request *request, struct error *e)
{
    struct source_request *source = &c->certification.request;
    const char *excluded = arguments_value(a, "exclude-table-data");
    source->url = arguments_value(a, "source");
    source->dump = arguments_value(a, "dump");
    source->trust_dump = arguments_given(a, "trust-dump");
    source->jobs = request->jobs;
    if (excluded)
        split_patterns(source, excluded);
    c->certification.any_version = arguments_given(a, "any-version");
    c->by = arguments_value(a, "by");
    c->key = arguments_value(a, "sign");
    run->certification = &c->certification;
    if (!check_source(source, e))
        return false;
    if (!has_certification(request))
        return error_set(e, ERROR_USAGE,
                         "--scenario %s: without 'certification' nothing is certified",
                         request->names);
    if (c->by && !c->by[0])
        return error_set(e, ERROR_USAGE, "--by: expected a name");
    if (c->key && access(c->key, R_OK) != 0)
        return error_set(e, ERROR_USAGE, "--sign %s: there is no such key, or it cannot be read",
                         c->key);
    return true;
}

static char *file_of(const struct run *run, size_t i)
{
    static const char *const names[] = {"certificate.json", "certificate.json.sig",
                                        "certificate.html"};
    return i < sizeof names / sizeof *names ? memory_format("%s/%s", run->ground.output, names[i])
                                            : NULL;
}

/* What may be there goes; what cannot go could not be replaced either. */
static bool remove_files(const struct run *run, struct error *e)
{
    char *path;
    bool good = true;
    for (size_t i = 0; good && (path = file_of(run, i)); i++) {
        good = unlink(path) == 0 || errno == ENOENT ||
               error_set(e, ERROR_UNAVAILABLE,
                         "cannot replace %s: %s; remove it, or give another folder with --output",
                         path, strerror(errno));
        free(path);
    }
    return good;
}

bool certify_begin(struct certify *c, const struct run *run, struct error *e)
{
    return remove_files(run, e) &&
           (!c->key || certificate_check_key(c->key, run->ground.cancel, e)) &&
           certificate_ground_read(&c->certification.start, run->ground.suite,
                                   &run->ground.migrator, e);
}

static bool make(const struct certify *c, const struct run *run, struct certificate *made,
                 struct error *e)
{
    const struct certification *known = &c->certification;
    bool complete = known->table_count == known->source.facts.table_count;
    struct certificate_request request = {.ground = &run->ground,
                                          .record = run->record,
                                          .start = &known->start,
                                          .source = &known->source.facts,
                                          .schema = &known->source.schema,
                                          .chain = known->history.lines,
                                          .chain_count = known->history.line_count,
                                          .notes = known->notes,
                                          .note_count = known->note_count,
                                          .tables = complete ? known->tables : NULL,
                                          .table_count = complete ? known->table_count : 0,
                                          .by = c->by};
    return certificate_make(made, &request, e) && certificate_write(run->ground.output, made, e);
}

/* The certificate is taken back; of a run that passed it is the error that there is none. */
static char *not_certified(const struct run *run, const struct error *e)
{
    struct error ignored = {0};
    remove_files(run, &ignored);
    return verdict_of_run(run->record) == VERDICT_PASSED
               ? memory_format("the rehearsal passed, but it is not certified: %s; fix that and "
                               "certify again",
                               e->message)
               : memory_format("no certificate: %s", e->message);
}

void certify_finish(struct certify *c, struct run *run)
{
    struct error e = {0};
    struct certificate made = {0};
    char *path = file_of(run, 0);
    if (!c->certification.copied) {
        c->problem = memory_copy_of("no certificate: the source was not copied");
    } else if (make(c, run, &made, &e) &&
               (!c->key || certificate_sign(path, c->key, run->ground.cancel, &e))) {
        c->made = memory_format("certificate (%s): %s", made.verdict, path);
    } else if (verdict_of_run(run->record) == VERDICT_PASSED) {
        run->record->error = not_certified(run, &e);
    } else {
        c->problem = not_certified(run, &e);
    }
    certificate_release(&made);
    free(path);
}

void certify_withdraw(struct certify *c, const struct run *run, struct error *e)
{
    if (!c->made)
        return;
    char *line = not_certified(run, e);
    error_reword(e, "%s", line);
    free(line);
    free(c->made);
    c->made = NULL;
}

void certify_conclude(const struct certify *c)
{
    if (c->made)
        fprintf(stderr, "%s\n", c->made);
    else if (c->problem)
        fprintf(stderr, "pgrehearse: %s\n", c->problem);
}

void certify_release(struct certify *c)
{
    free(c->made);
    free(c->problem);
    certification_release(&c->certification);
}
