#include "reports/outward/pushgateway.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/valid_text.h"
#include "record/measures.h"
#include "record/terms.h"
#include "record/verdict.h"
#include "reports/outward/instant.h"

/* The alphabet of RFC 4648, section 5; the Pushgateway takes it without padding. */
static void append_base64(struct text *t, const char *string)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *p = (const unsigned char *)string;
    for (size_t left = strlen(string); left > 0;) {
        size_t taken = left < 3 ? left : 3;
        uint32_t bits = (uint32_t)p[0] << 16;
        if (taken > 1)
            bits |= (uint32_t)p[1] << 8;
        if (taken > 2)
            bits |= p[2];
        for (size_t i = 0; i <= taken; i++)
            text_append_bytes(t, &digits[bits >> (18 - 6 * i) & 63], 1);
        p += taken;
        left -= taken;
    }
}

static void append_label_of_path(struct text *t, const char *name, const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    if (*value && value[strspn(value, plain)] == '\0' && strspn(value, ".") != strlen(value)) {
        text_append_format(t, "/%s/%s", name, value);
        return;
    }
    text_append_format(t, "/%s@base64/", name);
    append_base64(t, value);
    if (!*value)
        text_append(t, "="); /* the empty value, says the README */
}

char *pushgateway_url(const char *base, const struct run_record *r)
{
    struct text t = {0};
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    size_t query = strcspn(base, "?#"), length = query;
    while (length > 0 && base[length - 1] == '/')
        length--;
    text_append_bytes(&t, base, length);
    text_append(&t, "/metrics/job/pgrehearse");
    append_label_of_path(&t, "suite", r->suite ? r->suite : "");
    append_label_of_path(&t, "migrator", r->migrator ? r->migrator : "");
    append_label_of_path(&t, "instance", host);
    text_append(&t, base + query);
    return text_detach(&t);
}

static void append_value(struct text *t, double value)
{
    char *number = instant_number(value);
    text_append_format(t, " %s\n", number);
    free(number);
}

/* NAME="VALUE" */
static void append_label(struct text *t, const char *name, const char *value, bool first)
{
    char *valid = valid_line(value);
    text_append_format(t, "%s%s=\"", first ? "{" : ",", name);
    for (const char *p = valid; *p; p++) {
        if (*p == '\\' || *p == '"')
            text_append(t, "\\");
        text_append_bytes(t, p, 1);
    }
    text_append(t, "\"");
    free(valid);
}

static void begin(struct text *t, const char *name, const char *help)
{
    text_append_format(t, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void append_single(struct text *t, const char *name, const char *help, double value)
{
    begin(t, name, help);
    text_append(t, name);
    append_value(t, value);
}

static void append_info(struct text *t, const struct run_record *r)
{
    const char *commit = circumstance_value(r, "migrations.commit");
    const char *server = circumstance_value(r, "server_version");
    begin(t, "pgrehearse_run_info", "Identity of the run.");
    text_append(t, "pgrehearse_run_info");
    append_label(t, "version", r->version ? r->version : "", true);
    append_label(t, "run", r->id ? r->id : "", false);
    append_label(t, "baseline", r->baseline ? r->baseline : "", false);
    append_label(t, "target", r->target ? r->target : "", false);
    append_label(t, "commit", commit ? commit : "", false);
    append_label(t, "server_version", server ? server : "", false);
    append_label(t, "verdict", verdict_name(verdict_of_run(r)), false);
    text_append(t, "}");
    append_value(t, 1);
}

static void append_run(struct text *t, const struct run_record *r)
{
    static const enum outcome outcomes[] = {OUTCOME_PASSED, OUTCOME_FINDING, OUTCOME_ERROR,
                                            OUTCOME_NOT_RUN};
    append_single(t, "pgrehearse_run_start_timestamp_seconds", "Start time of the run.",
                  instant_seconds(r->started_at));
    append_single(t, "pgrehearse_run_duration_seconds", "Duration of the run.", r->seconds);
    append_single(t, "pgrehearse_run_exit_code", "0: passed, 1: findings, 3: could not check.",
                  (double)verdict_of_run(r));
    begin(t, "pgrehearse_run_checks", "Checks by outcome.");
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        text_append(t, "pgrehearse_run_checks");
        append_label(t, "outcome", outcome_name(outcomes[i]), true);
        text_append(t, "}");
        append_value(t, (double)record_count_outcome(r, outcomes[i]));
    }
}

static void append_scenarios(struct text *t, const struct run_record *r)
{
    begin(t, "pgrehearse_scenario_duration_seconds", "Duration of a scenario.");
    for (size_t i = 0; i < r->scenario_count; i++) {
        text_append(t, "pgrehearse_scenario_duration_seconds");
        append_label(t, "scenario", r->scenarios[i].name, true);
        text_append(t, "}");
        append_value(t, r->scenarios[i].seconds);
    }
    begin(t, "pgrehearse_scenario_passed", "1 if every check of the scenario passed, else 0.");
    for (size_t i = 0; i < r->scenario_count; i++) {
        text_append(t, "pgrehearse_scenario_passed");
        append_label(t, "scenario", r->scenarios[i].name, true);
        text_append(t, "}");
        append_value(t, verdict_of_scenario(&r->scenarios[i]) == VERDICT_PASSED);
    }
}

/* The metric's name from the unit: a family has one unit. To be freed. */
static char *family_of(const char *unit)
{
    struct text t = {0};
    text_append(&t, "pgrehearse_measurement_");
    if (strcmp(unit, "s") == 0)
        text_append(&t, "seconds");
    else if (!*unit)
        text_append(&t, "value");
    else
        for (const unsigned char *p = (const unsigned char *)unit; *p; p++)
            text_append_format(&t, "%c", *p < 128 && isalnum(*p) ? tolower(*p) : '_');
    return text_detach(&t);
}

/* All of one family stand together, as the format demands. */
static void append_family(struct text *t, const struct measure_list *list, size_t first)
{
    char *family = family_of(list->items[first].unit);
    begin(t, family, "Measurements of a scenario.");
    for (size_t i = first; i < list->count; i++) {
        const struct measure *m = &list->items[i];
        char *own = family_of(m->unit);
        if (strcmp(own, family) == 0) {
            text_append(t, family);
            append_label(t, "scenario", m->scenario, true);
            append_label(t, "measure", m->name, false);
            text_append(t, "}");
            append_value(t, m->value);
        }
        free(own);
    }
    free(family);
}

static bool is_first_of_family(const struct measure_list *list, size_t index)
{
    char *family = family_of(list->items[index].unit);
    bool first = true;
    for (size_t i = 0; first && i < index; i++) {
        char *earlier = family_of(list->items[i].unit);
        first = strcmp(earlier, family) != 0;
        free(earlier);
    }
    free(family);
    return first;
}

char *pushgateway_text(const struct run_record *r)
{
    struct text t = {0};
    struct measure_list list;
    append_info(&t, r);
    append_run(&t, r);
    append_scenarios(&t, r);
    measure_list_take(&list, r);
    for (size_t i = 0; i < list.count; i++)
        if (is_first_of_family(&list, i))
            append_family(&t, &list, i);
    measure_list_release(&list);
    return text_detach(&t);
}
