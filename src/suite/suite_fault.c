#include "suite/suite_fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "suite/suite_name.h"

static bool wrong(struct error *e, const struct suite *s, const struct suite_fault *f,
                  const char *key, const char *problem)
{
    char *whole = memory_format("fault '%s': %s", f->name, problem);
    suite_wrong(s, s->file, key, strcmp(key, "faults.name") == 0 ? f->name : NULL, whole, e);
    free(whole);
    return false;
}

bool suite_check_regex(const struct suite *s, const char *key, const char *pattern, struct error *e)
{
    char *fault = pattern ? pattern_fault(pattern) : NULL;
    if (fault) {
        char *problem = memory_format("not an extended regular expression: %s", fault);
        suite_wrong(s, s->file, key, pattern, problem, e);
        free(problem);
    }
    bool good = !fault;
    free(fault);
    return good;
}

const struct suite_fault *suite_find_fault(const struct suite *s, const char *name)
{
    for (unsigned i = 0; i < s->fault_count; i++)
        if (strcmp(s->faults[i].name, name) == 0)
            return &s->faults[i];
    return NULL;
}

static bool holds_at_the_end(const struct suite_fault *f)
{
    bool holds = false;
    for (unsigned i = 0; i < f->plant_count; i++)
        holds = f->plant[i].hold || (holds && !f->plant[i].release);
    return holds;
}

enum suite_fault_shape suite_fault_shape(const struct suite_fault *f)
{
    if (f->keep_count)
        return FAULT_MADE_BEFOREHAND;
    return holds_at_the_end(f) ? FAULT_WAITS : FAULT_REFUSED;
}

bool suite_fault_stands_alone(const struct suite *s, const struct suite_fault *f)
{
    for (unsigned i = 0; i < s->fault_count; i++)
        for (unsigned j = 0; j < s->faults[i].after_count; j++)
            if (strcmp(s->faults[i].after[j], f->name) == 0)
                return false;
    return true;
}

static bool check_action(const struct suite *s, const struct suite_fault *f, const char *key,
                         const struct suite_action *a, struct error *e)
{
    int given = (a->sql != NULL) + (a->hold != NULL) + (a->stamp != NULL) + a->release;
    if (given != 1)
        return wrong(e, s, f, key, "expected one of sql, hold, release and stamp in each");
    if (a->fails && (!a->sql || strlen(a->fails) != 5))
        return wrong(e, s, f, key,
                     "expected fails only beside sql, with five characters, like \"23505\"");
    return true;
}

/* What is met first is refused and repaired; it is not a chain of chains. */
static bool check_after(const struct suite *s, const struct suite_fault *f, const char *name,
                        struct error *e)
{
    const struct suite_fault *earlier = suite_find_fault(s, name);
    if (!earlier) /* suite_check_references() says so */
        return true;
    if (earlier == f || earlier->after_count)
        return wrong(e, s, f, "faults.after",
                     "expected faults that do not themselves have the key after");
    if (suite_fault_shape(earlier) != FAULT_REFUSED)
        return wrong(e, s, f, "faults.after", "expected faults for which the upgrade is refused");
    return true;
}

static bool check_shape(const struct suite *s, const struct suite_fault *f, struct error *e)
{
    enum suite_fault_shape shape = suite_fault_shape(f);
    if (shape == FAULT_REFUSED && f->remedy_count == 0)
        return wrong(
            e, s, f, "faults.remedy",
            "it is missing; expected actions that repair the fault, so that the upgrade succeeds");
    if (f->deployment && shape != FAULT_REFUSED)
        return wrong(e, s, f, "faults.deployment",
                     "expected it beside a fault for which the upgrade is refused");
    for (const struct suite_fault *other = s->faults; f->deployment && other < f; other++)
        if (other->deployment)
            return wrong(e, s, f, "faults.deployment", "expected it beside one fault only");
    return true;
}

static bool check_fault(const struct suite *s, const struct suite_fault *f, struct error *e)
{
    if (f->name[strspn(f->name, "abcdefghijklmnopqrstuvwxyz0123456789-")])
        return wrong(e, s, f, "faults.name", "expected lower-case letters, digits and hyphens");
    for (unsigned i = 0; i < f->plant_count; i++)
        if (!check_action(s, f, "faults.plant", &f->plant[i], e))
            return false;
    for (unsigned i = 0; i < f->remedy_count; i++)
        if (!check_action(s, f, "faults.remedy", &f->remedy[i], e))
            return false;
    for (unsigned i = 0; i < f->after_count; i++)
        if (!check_after(s, f, f->after[i], e))
            return false;
    if (f->time_limit && !clock_is_limit(f->time_limit))
        return wrong(e, s, f, "faults.time_limit",
                     "expected seconds, more than 0 and at most a year");
    return check_shape(s, f, e) && suite_check_regex(s, "faults.message", f->message, e) &&
           suite_check_regex(s, "faults.words", f->words, e);
}

bool suite_check_faults(const struct suite *s, struct error *e)
{
    bool good = true;
    for (unsigned i = 0; i < s->fault_count; i++)
        good = check_fault(s, &s->faults[i], e) && good;
    return good;
}
