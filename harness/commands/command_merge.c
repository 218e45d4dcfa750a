/* pgrehearse merge: the reports of the parts of one run become the reports of the whole. */
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "commands/command.h"
#include "commands/report_options.h"
#include "commands/whole_report.h"
#include "record/record_merge.h"
#include "reports/json_read.h"

static const char usual_output[] = "rehearsal";

const struct option_spec command_merge_options[] = {
    {"output", "DIR", "folder for the reports of the whole (default: rehearsal)"},
    REPORT_OPTIONS,
    {NULL, NULL, NULL}};

struct merging {
    const struct arguments *arguments;
    const char *output;
    struct record_part *parts;
    char **files;
    size_t count;
    struct run_record whole;
};

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_same_folder(const char *a, const char *b)
{
    char real_a[PATH_MAX], real_b[PATH_MAX];
    return realpath(a, real_a) && realpath(b, real_b) && strcmp(real_a, real_b) == 0;
}

/* Its reports would replace the part's. */
static bool check_output(const struct merging *m, struct error *e)
{
    for (size_t i = 0; i < m->arguments->positional_count; i++)
        if (is_same_folder(m->arguments->positional[i], m->output))
            return error_set(e, ERROR_USAGE,
                             "--output %s: is one of the folders to merge; give another folder",
                             m->output);
    return true;
}

static bool read_parts(struct merging *m, struct error *e)
{
    const struct arguments *a = m->arguments;
    if (!a->positional_count)
        return error_set(
            e, ERROR_USAGE,
            "merge: give the output folders of the parts; see pgrehearse merge --help");
    m->parts = memory_zeroed(a->positional_count, sizeof *m->parts);
    m->files = memory_zeroed(a->positional_count, sizeof *m->files);
    for (; m->count < a->positional_count; m->count++) {
        const char *given = a->positional[m->count];
        char *file = is_folder(given) ? memory_format("%s/run.json", given) : memory_copy_of(given);
        m->files[m->count] = file;
        m->parts[m->count].name = file;
        if (!json_read_run(&m->parts[m->count].record, file, e)) {
            m->count++;
            return false;
        }
    }
    return true;
}

static void release(struct merging *m)
{
    for (size_t i = 0; i < m->count; i++) {
        record_release(&m->parts[i].record);
        free(m->files[i]);
    }
    free(m->parts);
    free(m->files);
    record_release(&m->whole);
}

int command_merge(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct arguments a;
    struct reporting reporting = {0};
    struct merging m = {.arguments = &a};
    int code = EXIT_PASSED;
    if (!arguments_parse(&a, argc, argv, self->synopsis, self->options, NULL, &e)) {
        code = command_fail(&e);
    } else if (!a.help) {
        const char *output = arguments_value(&a, "output");
        m.output = output ? output : usual_output;
        bool good = check_output(&m, &e) && read_parts(&m, &e) &&
                    record_merge(&m.whole, m.parts, m.count, &e) &&
                    report_options_open(&reporting, &a,
                                        &(struct reporting_request){.format = "pretty",
                                                                    .folder = m.output,
                                                                    .is_past = true,
                                                                    .display = "lines"},
                                        &e);
        code = good ? whole_report(&reporting, &m.whole, NULL) : command_fail(&e);
    }
    reporting_release(&reporting);
    release(&m);
    arguments_release(&a);
    return code;
}
