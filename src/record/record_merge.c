#include "record/record_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "record/terms.h"

static bool check_same(const struct record_part *first, const struct record_part *other,
                       const char *what, const char *of_first, const char *of_other,
                       struct error *e)
{
    if (strcmp(of_first ? of_first : "", of_other ? of_other : "") == 0)
        return true;
    return error_set(e, ERROR_USAGE, "%s is not a part of the same run as %s: %s is %s, not %s",
                     other->name, first->name, what, of_other ? of_other : "not known",
                     of_first ? of_first : "not known");
}

/* The next of "14.23, 17.10", of which `list` then is the rest; its length. */
static size_t next_version(const char **list, const char **version)
{
    *version = *list;
    size_t length = strcspn(*list, ",");
    *list += length + strspn(*list + length, ", ");
    return length;
}

/* "17" is as good as "17.10": that part did not reach its server. */
static bool are_same_versions(const char *a, const char *b)
{
    if (!strchr(a, ',') || !strchr(b, ','))
        return strcmp(a, b) == 0;
    while (*a && *b) {
        const char *of_a, *of_b;
        size_t length_a = next_version(&a, &of_a), length_b = next_version(&b, &of_b);
        size_t shorter = length_a < length_b ? length_a : length_b;
        bool is_same =
            length_a == length_b || !memchr(of_a, '.', shorter) || !memchr(of_b, '.', shorter);
        if (!is_same || strncmp(of_a, of_b, shorter) != 0)
            return false;
    }
    return !*a && !*b;
}

/* What both know of the circumstances on which a result depends. */
static bool check_circumstances(const struct record_part *first, const struct record_part *other,
                                struct error *e)
{
    static const char *const all[] = {"migrations.commit", "migrations.digest", "server_version",
                                      "seed"};
    for (size_t i = 0; i < first->record.circumstance_count; i++) {
        const struct circumstance *c = &first->record.circumstances[i];
        const char *there = circumstance_value(&other->record, c->name);
        bool counts = strncmp(c->name, "size.", 5) == 0;
        for (size_t j = 0; j < sizeof all / sizeof *all; j++)
            counts = counts || strcmp(c->name, all[j]) == 0;
        if (there && strcmp(c->name, "server_version") == 0)
            counts = !are_same_versions(c->value, there);
        if (counts && there && !check_same(first, other, c->name, c->value, there, e))
            return false;
    }
    return true;
}

static bool check_plan(const struct record_part *first, const struct record_part *other,
                       struct error *e)
{
    const struct partition *a = &first->record.partition, *b = &other->record.partition;
    bool same = a->scenario_count == b->scenario_count;
    for (size_t i = 0; same && i < a->scenario_count; i++)
        same = strcmp(a->scenarios[i], b->scenarios[i]) == 0;
    if (same && a->count == b->count)
        return true;
    return error_set(e, ERROR_USAGE,
                     "%s is not a part of the same run as %s: it is of %zu parts and %zu "
                     "scenarios, not the same %zu and %zu",
                     other->name, first->name, b->count, b->scenario_count, a->count,
                     a->scenario_count);
}

static bool check_other(const struct record_part *first, const struct record_part *other,
                        struct error *e)
{
    const struct run_record *a = &first->record, *b = &other->record;
    if (!check_same(first, other, "the suite", a->suite, b->suite, e) ||
        !check_same(first, other, "the migrator", a->migrator, b->migrator, e) ||
        !check_same(first, other, "the baseline", a->baseline, b->baseline, e) ||
        !check_same(first, other, "the target", a->target, b->target, e) ||
        !check_same(first, other, "pgrehearse", a->version, b->version, e) ||
        !check_circumstances(first, other, e) || !check_plan(first, other, e))
        return false;
    return a->partition.number != b->partition.number ||
           error_set(e, ERROR_USAGE, "%s and %s are both partition %zu of %zu", first->name,
                     other->name, a->partition.number, a->partition.count);
}

static bool check_parts(const struct record_part *parts, size_t count, struct error *e)
{
    for (size_t i = 0; i < count; i++)
        if (!parts[i].record.partition.count)
            return error_set(e, ERROR_USAGE,
                             "%s is not a part of a run: give what --partition wrote",
                             parts[i].name);
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (!check_other(&parts[i], &parts[j], e))
                return false;
    return true;
}

static void take_scenario(struct run_record *whole, struct scenario_record *s)
{
    struct scenario_record *taken =
        memory_append(&whole->scenarios, &whole->scenario_count, sizeof *taken);
    *taken = *s;
    *s = (struct scenario_record){0};
}

/* The planned scenario of that name, in whichever part it is; false if none has it. */
static bool take_planned(struct run_record *whole, struct record_part *parts, size_t count,
                         const char *name)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < parts[i].record.scenario_count; j++) {
            struct scenario_record *s = &parts[i].record.scenarios[j];
            if (s->name && strcmp(s->name, name) == 0) {
                take_scenario(whole, s);
                return true;
            }
        }
    return false;
}

/* What each part has beside the plan: how it compares with earlier runs. */
static void take_rest(struct run_record *whole, struct record_part *part)
{
    struct run_record *r = &part->record;
    for (size_t i = 0; i < r->scenario_count; i++) {
        struct scenario_record *s = &r->scenarios[i];
        if (!s->name)
            continue;
        char *name = memory_format("%s (partition %zu)", s->name, r->partition.number);
        free(s->name);
        s->name = name;
        take_scenario(whole, s);
    }
    r->scenario_count = 0;
    for (size_t i = 0; i < r->trend_count; i++)
        *(struct trend *)memory_append(&whole->trends, &whole->trend_count, sizeof(struct trend)) =
            r->trends[i];
    r->trend_count = 0;
}

/* The part that got farthest: one that found no server knows little of its circumstances. */
static const struct run_record *find_telling(const struct record_part *parts, size_t count)
{
    const struct run_record *best = &parts[0].record;
    for (size_t i = 1; i < count; i++)
        if (parts[i].record.circumstance_count > best->circumstance_count)
            best = &parts[i].record;
    return best;
}

static void take_head(struct run_record *whole, const struct run_record *first)
{
    record_begin_as(whole, first);
    for (size_t i = 0; i < first->circumstance_count; i++)
        if (strcmp(first->circumstances[i].name, "partition") != 0)
            record_add_circumstance(whole, first->circumstances[i].name,
                                    first->circumstances[i].value);
}

static const struct record_part *find_part(const struct record_part *parts, size_t count,
                                           size_t number)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].record.partition.number == number)
            return &parts[i];
    return NULL;
}

/* "partitions 2 and 3 of 5 are missing"; NULL if all are there. */
static char *find_missing(const struct record_part *parts, size_t count)
{
    size_t of = parts[0].record.partition.count, missing = of - count;
    struct text t = {0};
    for (size_t number = 1, said = 0; missing && number <= of; number++)
        if (!find_part(parts, count, number)) {
            said++;
            text_append_format(&t, "%s%zu",
                               said == 1         ? ""
                               : said == missing ? " and "
                                                 : ", ",
                               number);
        }
    char *text = missing
                     ? memory_format("partition%s %s of %zu %s missing", missing == 1 ? "" : "s",
                                     text_string(&t), of, missing == 1 ? "is" : "are")
                     : NULL;
    text_release(&t);
    return text;
}

/* The first reason why the whole could not be checked. */
static void set_error(struct run_record *whole, const struct record_part *parts, size_t count,
                      const char *lost)
{
    whole->error = find_missing(parts, count);
    for (size_t i = 0; i < count; i++)
        if (!whole->error && parts[i].record.error)
            whole->error = memory_format("partition %zu: %s", parts[i].record.partition.number,
                                         parts[i].record.error);
    if (!whole->error && lost)
        whole->error = memory_format("no partition has the scenario %s", lost);
}

bool record_merge(struct run_record *whole, struct record_part *parts, size_t count,
                  struct error *e)
{
    if (!check_parts(parts, count, e))
        return false;
    const struct partition *plan = &parts[0].record.partition;
    const char *lost = NULL;
    take_head(whole, find_telling(parts, count));
    for (size_t i = 0; i < plan->scenario_count; i++)
        if (!take_planned(whole, parts, count, plan->scenarios[i]) && !lost)
            lost = plan->scenarios[i];
    for (size_t i = 0; i < count; i++) {
        const struct run_record *r = &parts[i].record;
        take_rest(whole, &parts[i]);
        whole->interrupted = whole->interrupted || r->interrupted;
        whole->seconds = r->seconds > whole->seconds ? r->seconds : whole->seconds;
        if (strcmp(r->started_at, whole->started_at) < 0)
            memcpy(whole->started_at, r->started_at, sizeof whole->started_at);
    }
    set_error(whole, parts, count, lost);
    return true;
}
