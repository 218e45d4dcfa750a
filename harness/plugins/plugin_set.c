#include "plugins/plugin_set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plugins/look.h"
#include "record/check_kind_table.h"

static const size_t longest_name = 40;

struct guest_rule {
    struct rule rule; /* first, so that it is where the rule is */
    const struct pgr_rule *guest;
};

static bool check_as_guest(struct rule_look *look, struct error *e)
{
    const struct guest_rule *r = (const struct guest_rule *)(const void *)look->rule;
    return guest_look(r->guest->check, look, e);
}

static bool is_name(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    return length > 0 && length <= longest_name && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool check_name(const char *path, const char *what, const char *name, struct error *e)
{
    return is_name(name) ||
           error_set(e, ERROR_USAGE,
                     "%s: the %s '%.60s' is badly named; use a-z, 0-9 and hyphens, at most %zu",
                     path, what, name ? name : "", longest_name);
}

static bool taken(const char *path, const char *what, const char *name, struct error *e)
{
    return error_set(e, ERROR_USAGE, "%s: there is already a %s '%s'; rename this one", path, what,
                     name);
}

static bool has_scenario(const struct scenario_list *list, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < list->count && !found; i++) {
        char *this = scenario_name(list->entries[i].scenario);
        found = strcmp(this, name) == 0 || strcmp(list->entries[i].group, name) == 0;
        free(this);
    }
    return found;
}

static bool check_size(const char *path, const char *what, const char *name, size_t size,
                       size_t expected, struct error *e)
{
    return size == expected || error_set(e, ERROR_USAGE, "%s: the %s %s has size %zu, expected %zu",
                                         path, what, name, size, expected);
}

static bool add_scenario(struct plugin_set *p, const char *path, const char *group,
                         const struct pgr_scenario *s, struct error *e)
{
    if (!check_name(path, "scenario", s->name, e) ||
        !check_size(path, "scenario", s->name, s->size, sizeof *s, e))
        return false;
    if (!s->title || !s->title[0] || !s->runbook)
        return error_set(e, ERROR_USAGE, "%s: scenario %s lacks a title or a runbook", path,
                         s->name);
    if (has_scenario(&p->scenarios, s->name))
        return taken(path, "scenario or group", s->name, e);
    struct scenario *made = memory_zeroed(1, sizeof *made);
    *made = (struct scenario){.symbol = s->name, .title = s->title, .guest = s};
    *(struct scenario **)memory_append(&p->made, &p->made_count, sizeof made) = made;
    *(struct scenario_entry *)memory_append(&p->entries, &p->scenarios.count, sizeof *p->entries) =
        (struct scenario_entry){.scenario = made, .group = group};
    p->scenarios.entries = p->entries;
    return true;
}

static bool is_kind(const char *name)
{
    for (size_t i = 0; i < check_kind_table_size; i++)
        if (strcmp(check_kind_table[i].name, name) == 0)
            return true;
    return false;
}

static bool is_complete(const struct pgr_rule *r)
{
    return r->property && r->property[0] && r->sees && r->why && r->remedy && r->check &&
           (unsigned)r->level <= PGR_NOTE && (unsigned)r->moment <= PGR_ROLLED_BACK;
}

static enum check_level level_of(enum pgr_level level)
{
    return level == PGR_FINDING ? LEVEL_FINDING : level == PGR_WARNING ? LEVEL_WARNING : LEVEL_NOTE;
}

static struct rule as_rule(const struct pgr_rule *r)
{
    return (struct rule){.name = r->name,
                         .level = level_of(r->level),
                         .moment = r->moment == PGR_UPGRADED ? RULE_UPGRADED : RULE_ROLLED_BACK,
                         .property = r->property,
                         .sees = r->sees,
                         .why = r->why,
                         .remedy = r->remedy,
                         .source = r->source,
                         .check = check_as_guest};
}

static void append_rule(struct plugin_set *p, const struct rule *rule)
{
    *(const struct rule **)memory_append(&p->items, &p->rules.count, sizeof *p->items) = rule;
    p->rules.items = p->items;
}

static bool add_rule(struct plugin_set *p, const char *path, const struct pgr_rule *r,
                     struct error *e)
{
    if (!check_name(path, "rule", r->name, e) ||
        !check_size(path, "rule", r->name, r->size, sizeof *r, e))
        return false;
    if (!is_complete(r))
        return error_set(e, ERROR_USAGE,
                         "%s: rule %s is incomplete; it needs a level, a moment, property, sees, "
                         "why, remedy and check",
                         path, r->name);
    if (rule_find(&p->rules, r->name))
        return taken(path, "rule", r->name, e);
    if (is_kind(r->name))
        return taken(path, "kind of check", r->name, e);
    struct guest_rule *guest = memory_zeroed(1, sizeof *guest);
    *guest = (struct guest_rule){as_rule(r), r};
    *(struct guest_rule **)memory_append(&p->guests, &p->guest_count, sizeof guest) = guest;
    append_rule(p, &guest->rule);
    return true;
}

static bool take(struct plugin_set *p, const struct pgr_plugin *offer, const char *path,
                 struct error *e)
{
    size_t before = p->made_count + p->guest_count;
    if (!check_name(path, "plugin", offer->name, e))
        return false;
    if (has_scenario(&p->scenarios, offer->name))
        return taken(path, "scenario or group", offer->name, e);
    for (const struct pgr_scenario *const *s = offer->scenarios; s && *s; s++)
        if (!add_scenario(p, path, offer->name, *s, e))
            return false;
    for (const struct pgr_rule *const *r = offer->rules; r && *r; r++)
        if (!add_rule(p, path, *r, e))
            return false;
    return p->made_count + p->guest_count > before ||
           error_set(e, ERROR_USAGE, "%s: the plugin has neither a scenario nor a rule", path);
}

static bool load_one(struct plugin_set *p, const char *path, struct error *e)
{
    struct plugin_file file;
    if (!plugin_file_open(&file, path, e))
        return false;
    *(struct plugin_file *)memory_append(&p->files, &p->file_count, sizeof file) = file;
    return take(p, file.offer, path, e);
}

static void begin_with_own(struct plugin_set *p, const struct scenario_list *own)
{
    for (size_t i = 0; i < own->count; i++)
        *(struct scenario_entry *)memory_append(&p->entries, &p->scenarios.count,
                                                sizeof *p->entries) = own->entries[i];
    p->scenarios.entries = p->entries;
    for (size_t i = 0; i < rule_table.count; i++)
        append_rule(p, rule_table.items[i]);
}

bool plugin_set_load(struct plugin_set *p, const char *paths, const struct scenario_list *own,
                     struct error *e)
{
    *p = (struct plugin_set){0};
    begin_with_own(p, own);
    char *copy = memory_copy_of(paths), *rest = copy, *path;
    bool good = true;
    while (good && rest && (path = strsep(&rest, ",")))
        good = load_one(p, path, e) || error_prefix(e, "--plugin");
    free(copy);
    return good;
}

void plugin_set_release(struct plugin_set *p)
{
    for (size_t i = 0; i < p->made_count; i++)
        free(p->made[i]);
    for (size_t i = 0; i < p->guest_count; i++)
        free(p->guests[i]);
    for (size_t i = p->file_count; i-- > 0;)
        plugin_file_close(&p->files[i]);
    free(p->made);
    free(p->guests);
    free(p->entries);
    free(p->items);
    free(p->files);
    *p = (struct plugin_set){0};
}
