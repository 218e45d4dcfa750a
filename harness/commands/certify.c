#include "certify.h"

#include <unistd.h>

#include "certificate_signature.h"
#include "command.h"
#include "memory.h"
#include "url.h"

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
        return error_set(e, ERROR_USAGE, "certify: expected just one of --source URL, --dump FILE");
    if (request->url && !request->url[0])
        return error_set(e, ERROR_USAGE, "--source: expected a connection URL");
    if (request->dump && access(request->dump, R_OK) != 0)
        return error_set(e, ERROR_USAGE, "--dump %s: there is no such file, or it cannot be read",
                         request->dump);
    if (request->dump && request->excluded_count)
        return error_set(e, ERROR_USAGE,
                         "--exclude-table-data: of --source only; leave the rows out when the dump "
                         "is made");
    bool good = !request->url || url_parse(&url, request->url, e) || error_prefix(e, "--source");
    url_release(&url);
    return good;
}

static bool has_certification(const bool *chosen)
{
    for (size_t i = 0; i < scenario_table_size; i++)
        if (chosen[i] && scenario_table[i].on_source)
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
    source->jobs = request->jobs;
    if (excluded)
        split_patterns(source, excluded);
    c->certification.any_version = arguments_given(a, "any-version");
    c->by = arguments_value(a, "by");
    c->key = arguments_value(a, "sign");
    run->certification = &c->certification;
    if (!check_source(source, e))
        return false;
    if (!has_certification(request->chosen))
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

bool certify_begin(struct certify *c, const struct run *run, struct error *e)
{
    static const char *const names[] = {"certificate.json", "certificate.json.sig",
                                        "certificate.html"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = memory_format("%s/%s", run->output, names[i]);
        unlink(path);
        free(path);
    }
    return certificate_ground_read(&c->certification.start, run->suite, &run->migrator, e);
}

static bool make(const struct certify *c, const struct run *run, struct certificate *made,
                 struct error *e)
{
    const struct certification *known = &c->certification;
    bool complete = known->table_count == known->source.facts.table_count;
    struct certificate_request request = {.run = run,
                                          .start = &known->start,
                                          .source = &known->source.facts,
                                          .schema = &known->schema,
                                          .chain = known->history.lines,
                                          .chain_count = known->history.line_count,
                                          .notes = known->notes,
                                          .note_count = known->note_count,
                                          .tables = complete ? known->tables : NULL,
                                          .table_count = complete ? known->table_count : 0,
                                          .by = c->by};
    return certificate_make(made, &request, e) && certificate_write(run->output, made, e);
}

int certify_conclude(struct certify *c, const struct run *run, int code)
{
    struct error e = {0};
    struct certificate made = {0};
    if (c->certification.schema.count == 0) {
        fputs("pgrehearse: no certificate: the source was not copied\n", stderr);
        return code == EXIT_PASSED ? EXIT_UNCHECKED : code;
    }
    char *path = memory_format("%s/certificate.json", run->output);
    bool good =
        make(c, run, &made, &e) && (!c->key || certificate_sign(path, c->key, run->cancel, &e));
    if (good)
        fprintf(stderr, "certificate (%s): %s\n", made.verdict, path);
    else
        command_fail(&e);
    certificate_release(&made);
    free(path);
    return good || code != EXIT_PASSED ? code : EXIT_UNCHECKED;
}

void certify_release(struct certify *c)
{
    certification_release(&c->certification);
}
