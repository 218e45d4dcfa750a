#include "commands/run_part.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "reports/json_read.h"

enum { MOST_PARTS = 10000, MOST_RETRIES = 100 };

/* A number from 1, and what follows it; 0 if there is not one. */
static size_t read_number(const char *text, char **end)
{
    unsigned long number = isdigit((unsigned char)text[0]) ? strtoul(text, end, 10) : 0;
    return number <= MOST_PARTS ? (size_t)number : 0;
}

static bool read_partition(const char *given, struct part_request *part, struct error *e)
{
    char *end = NULL;
    if (!given)
        return true;
    part->number = read_number(given, &end);
    part->count = part->number && *end == '/' ? read_number(end + 1, &end) : 0;
    if (part->count && !*end && part->number <= part->count)
        return true;
    return error_set(e, ERROR_USAGE, "--partition %s: expected K/N with K from 1 to N, such as 2/3",
                     given);
}

static bool read_retries(const struct arguments *a, struct rehearse_request *request,
                         struct error *e)
{
    uint64_t retries = 0;
    if (!arguments_number(a, "retry", &retries, e))
        return false;
    request->retries = (size_t)retries;
    return retries <= MOST_RETRIES ||
           error_set(e, ERROR_USAGE, "--retry: expected 0 to %d", MOST_RETRIES);
}

static bool read_durations(struct run_part *p, const struct arguments *a, struct part_request *part,
                           struct error *e)
{
    const char *file = arguments_value(a, "durations");
    if (!file)
        return true;
    if (!part->count)
        return error_set(e, ERROR_USAGE, "--durations: give --partition, too");
    part->durations = &p->durations;
    return json_read_run(&p->durations, file, e) || error_prefix(e, "--durations");
}

static bool read_last(struct run_part *p, const struct arguments *a, const char *output,
                      struct part_request *part, struct error *e)
{
    if (!arguments_given(a, "rerun-failed"))
        return true;
    if (part->count)
        return error_set(e, ERROR_USAGE, "--rerun-failed: cannot be divided by --partition");
    if (!output)
        return error_set(e, ERROR_USAGE, "--rerun-failed: give the --output folder of that run");
    p->last_path = memory_format("%s/run.json", output);
    if (access(p->last_path, F_OK) != 0)
        return error_set(e, ERROR_USAGE, "--rerun-failed: there is no report %s; run without it",
                         p->last_path);
    part->last = &p->last;
    part->last_path = p->last_path;
    return json_read_run(&p->last, p->last_path, e) || error_prefix(e, "--rerun-failed");
}

bool run_part_read(struct run_part *p, const struct arguments *a, const char *output, int major,
                   struct rehearse_request *request, struct error *e)
{
    request->part.major = major;
    request->fail_fast = arguments_given(a, "fail-fast");
    return read_partition(arguments_value(a, "partition"), &request->part, e) &&
           read_durations(p, a, &request->part, e) && read_last(p, a, output, &request->part, e) &&
           read_retries(a, request, e);
}

void run_part_release(struct run_part *p)
{
    record_release(&p->durations);
    record_release(&p->last);
    free(p->last_path);
    *p = (struct run_part){0};
}
