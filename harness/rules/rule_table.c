#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "rules/rule.h"
#include "rules/statement_trials.h"
#include "schema/left_out.h"

extern const struct rule rule_sequence_behind, rule_lost_in_passing, rule_write_fails,
    rule_ambiguous_call, rule_stale_function, rule_stale_plpgsql, rule_hidden_rows,
    rule_closed_table, rule_left_half_done, rule_broken_reference, rule_stored_disagrees,
    rule_index_disagrees, rule_narrow_sequence, rule_frozen_default, rule_required_column,
    rule_gone_for_old_release, rule_superuser_sees_more, rule_table_rewritten, rule_scan_under_lock,
    rule_lock_kept, rule_not_validated, rule_unindexed_key, rule_duplicate_index,
    rule_other_columns, rule_several_locked, rule_no_lock_timeout, rule_left_after_rollback,
    rule_zone_dependent, rule_style_dependent, rule_extension_needs_superuser, rule_elevated_role,
    rule_slot_left, rule_rollback_loses, rule_extension_left, rule_unrestorable_dump,
    rule_statement_fails, rule_other_result, rule_narrow_key, rule_narrowed_column,
    rule_costlier_plan, rule_rewritten_history, rule_order_dependent;

static const struct rule *const rules[] = {
    &rule_sequence_behind, /* first, since trying writes moves sequences */
    &rule_lost_in_passing,   &rule_write_fails,
    &rule_ambiguous_call,    &rule_stale_function,
    &rule_stale_plpgsql,     &rule_hidden_rows,
    &rule_closed_table,      &rule_left_half_done,
    &rule_broken_reference,  &rule_stored_disagrees,
    &rule_index_disagrees,   &rule_unrestorable_dump,
    &rule_narrow_sequence,   &rule_narrow_key,
    &rule_frozen_default,    &rule_required_column,
    &rule_narrowed_column,   &rule_gone_for_old_release,
    &rule_statement_fails,   &rule_other_result,
    &rule_costlier_plan,     &rule_superuser_sees_more,
    &rule_table_rewritten,   &rule_scan_under_lock,
    &rule_lock_kept,         &rule_not_validated,
    &rule_unindexed_key,     &rule_duplicate_index,
    &rule_other_columns,     &rule_several_locked,
    &rule_no_lock_timeout,   &rule_extension_needs_superuser,
    &rule_elevated_role,     &rule_slot_left,
    &rule_order_dependent,   &rule_left_after_rollback,
    &rule_extension_left,    &rule_zone_dependent,
    &rule_style_dependent,   &rule_rollback_loses,
    &rule_rewritten_history,
};
const struct rule_list rule_table = {rules, sizeof rules / sizeof *rules};

const struct rule *rule_find(const struct rule_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i]->name, name) == 0)
            return list->items[i];
    return NULL;
}

const char **rule_names(const struct rule_list *list)
{
    const char **names = memory_zeroed(list->count, sizeof *names);
    for (size_t i = 0; i < list->count; i++)
        names[i] = list->items[i]->name;
    return names;
}

char *rule_remedy(const struct rule_list *list, const char *name)
{
    const char **names = rule_names(list);
    const char *near = nearest_name(name, names, list->count);
    free(names);
    return near ? memory_format("did you mean '%s'?", near)
                : memory_copy_of("pgrehearse rules lists them");
}

static int compare_sightings(const void *a, const void *b)
{
    const struct sighting *x = a, *y = b;
    int order = strcmp(x->object, y->object);
    return order ? order : strcmp(x->evidence, y->evidence);
}

/* Whether a word of "index public.i on public.t" is one of the migrator's tables. */
static bool is_of_own_table(const char *object, const struct rule_ground *g)
{
    for (const char *p = object; *p; p += strspn(p, " ")) {
        size_t length = strcspn(p, " ");
        if (left_out(p, length, g->own_tables, g->own_table_count))
            return true;
        p += length;
    }
    return false;
}

static void release_sighting(struct sighting *s)
{
    free(s->object);
    free(s->evidence);
    free(s->remedy);
}

static void leave_own_tables_out(struct rule_look *look)
{
    size_t kept = 0;
    for (size_t i = 0; i < look->count; i++)
        if (look->ground && is_of_own_table(look->sightings[i].object, look->ground))
            release_sighting(&look->sightings[i]);
        else
            look->sightings[kept++] = look->sightings[i];
    look->count = kept;
}

bool rule_run(const struct rule *rule, struct rule_look *look, struct error *e)
{
    look->rule = rule;
    if (!rule->check(look, e))
        return error_prefix(e, "rule %s", rule->name);
    leave_own_tables_out(look);
    if (look->count > 1)
        qsort(look->sightings, look->count, sizeof *look->sightings, compare_sightings);
    return true;
}

void rule_look_release(struct rule_look *look)
{
    for (size_t i = 0; i < look->count; i++)
        release_sighting(&look->sightings[i]);
    for (size_t i = 0; i < look->measurement_count; i++) {
        free(look->measurements[i].name);
        free(look->measurements[i].unit);
    }
    free(look->sightings);
    free(look->measurements);
    free(look->not_run);
    free(look->file);
    *look = (struct rule_look){0};
}

void rule_ground_release(struct rule_ground *ground)
{
    free(ground->behind);
    ground->behind = NULL;
    free(ground->trials);
    free(ground->trial_plan);
    free(ground->bounds_after);
    free(ground->hold_before);
    free(ground->hold_after);
    free(ground->hold_written);
    free(ground->columns_after);
    free(ground->dates_after);
    free(ground->outside_before);
    free(ground->hold_forecast);
    ground->hold_forecast = NULL;
    statement_trials_free(ground->statements);
    ground->statements = NULL;
    ground->trials = ground->hold_before = ground->hold_after = ground->columns_after = NULL;
    ground->hold_written = NULL;
    ground->outside_before = ground->dates_after = ground->bounds_after = ground->trial_plan = NULL;
}
