#include "rehearsal/judged_rule.h"

#include <stdlib.h>

#include "base/memory.h"
#include "migrator/migration_files.h"
#include "migrator/migrator_place.h"
#include "rehearsal/sightings.h"
#include "rehearsal/target_revision.h"
#include "rehearsal/way_back.h"
#include "rules/statement_at_fault.h"

/* Where the statement is that the rule blames, as far as that can be known. */
struct blamed {
    const struct statement_cost *statement;
    char *file;
    unsigned line;
};

/* An earlier revision may have had the same statement. */
static struct revision_files own_files(const struct rehearsal *r)
{
    const struct project_revision *revision = target_revision(r);
    return revision ? (struct revision_files){revision->files, revision->file_count}
                    : (struct revision_files){0};
}

static struct blamed find_blamed(const struct rehearsal *r, const struct rule_look *look)
{
    struct blamed b = {0};
    const struct cost_record *cost = look->ground->cost;
    b.statement = cost && look->count ? statement_at_fault(cost, &look->sightings[0]) : NULL;
    const struct revision_files own = own_files(r);
    if (b.statement)
        migration_files_find(r->run->policy.folder, &own, b.statement->sql, &b.file, &b.line);
    return b;
}

/* The revision's own where no statement is found in a file: it may be written by a program, or
   filled by its tool. To be freed; NULL: not known. */
static char *file_for_display(const struct rehearsal *r, const struct rule_look *look,
                              const struct blamed *b)
{
    unsigned begins;
    if (look->file)
        return migrator_path_for_display(look->file);
    if (look->rule->moment == RULE_OF_HISTORY)
        return NULL;
    if (!b->file)
        return target_revision_file(r, false, &begins);
    char *path = memory_format("%s/%s", r->run->policy.folder, b->file);
    char *shown = migrator_path_for_display(path);
    free(path);
    return shown;
}

/* An allowance counts in the file at fault; where that is not known, in any. */
static const struct allowance *allowed(const struct rehearsal *r, const struct rule *rule,
                                       const struct blamed *b)
{
    return rule_policy_allowance(&r->run->policy, rule, b->file);
}

/* What the suite says of the rule counts; else a figure, if all that was seen has one; else the
 * rule. */
static enum check_level level_of(const struct rehearsal *r, const struct rule *rule,
                                 const struct rule_look *look)
{
    enum check_level level = LEVEL_NOTE;
    for (size_t i = 0; i < look->count; i++) {
        const struct sighting *s = &look->sightings[i];
        enum check_level own = s->is_judged ? s->level : rule->level;
        level = own < level ? own : level; /* the first level is the worst */
    }
    return rule_policy_level(&r->run->policy, rule, level);
}

static void report(struct rehearsal *r, struct check *c, const struct rule *rule,
                   const struct rule_look *look)
{
    struct blamed b = find_blamed(r, look);
    const struct allowance *a = allowed(r, rule, &b);
    char *message = sightings_message(look), *detail = sightings_detail(look),
         *file = file_for_display(r, look, &b);
    const char *remedy = look->sightings[0].remedy;
    struct evidence evidence = {.remedy = remedy ? remedy : rule->remedy,
                                .detail = detail,
                                .sql = b.statement ? b.statement->sql : NULL,
                                .file = file,
                                .line = b.line};
    if (rule->is_of_way_back)
        way_back_blame(r, SIGN_SCHEMA_DIFFERS, &evidence);
    enum check_level level = level_of(r, rule, look);
    if (a) {
        char *meant =
            memory_format("allowed (%s:%u: %s): %s", a->file, a->line, a->reason, message);
        evidence.remedy = NULL;
        check_remark(r, c, LEVEL_NOTE, &evidence, meant);
        free(meant);
    } else if (level == LEVEL_FINDING) {
        check_finding(r, c, &evidence, "%s", message);
    } else {
        check_remark(r, c, level, &evidence, message);
    }
    free(b.file);
    free(file);
    free(detail);
    free(message);
}

static void conclude(struct rehearsal *r, struct check *c, const struct rule *rule,
                     const struct rule_look *look)
{
    if (look->not_run)
        check_skip(r, c, look->not_run);
    else if (look->count)
        report(r, c, rule, look);
    else
        check_pass(r, c);
}

void judged_rule_run(struct rehearsal *r, struct check *c, const struct rule *rule,
                     struct rule_ground *ground)
{
    struct rule_look look = {.ground = ground};
    struct error e = {0};
    bool good = rule_run(rule, &look, &e);
    sightings_measure(r, &look);
    if (good)
        conclude(r, c, rule, &look);
    else
        check_error(r, c, &e);
    rule_look_release(&look);
}
