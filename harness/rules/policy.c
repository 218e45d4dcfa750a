#include "rules/policy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/yaml_name.h"
#include "migrator/migration_files.h"

static const char marker[] = "pgrehearse: allow";

/* Whether a comment begins before `p` on its line. */
static bool is_in_comment(const char *text, const char *p)
{
    const char *line = p;
    while (line > text && line[-1] != '\n')
        line--;
    for (; line < p; line++)
        if (strncmp(line, "--", 2) == 0 || strncmp(line, "//", 2) == 0 ||
            strncmp(line, "/*", 2) == 0 || strncmp(line, "<!--", 4) == 0 || *line == '#')
            return true;
    return false;
}

static bool unknown_rule(const struct rule_list *rules, const char *file, unsigned line,
                         const char *name, struct error *e)
{
    char *remedy = rule_remedy(rules, name);
    error_set(e, ERROR_USAGE, "%s:%u: no rule '%s'; %s", file, line, name, remedy);
    free(remedy);
    return false;
}

static bool read_one(struct rule_policy *p, const char *file, unsigned line, const char *rest,
                     struct error *e)
{
    size_t blanks = strspn(rest, " \t"), length = strcspn(rest + blanks, " \t\r\n");
    char *name = memory_format("%.*s", (int)length, rest + blanks);
    const char *said = rest + blanks + length;
    char *reason = memory_format("%.*s", (int)strcspn(said, "\r\n"), said);
    char *trimmed = text_one_line(reason + strspn(reason, " \t:"));
    const struct rule *rule = rule_find(p->rules, name);
    bool good = true;
    if (!rule)
        good = unknown_rule(p->rules, file, line, name, e);
    else if (strlen(trimmed) < 3)
        good = error_set(e, ERROR_USAGE, "%s:%u: give a reason: pgrehearse: allow %s REASON", file,
                         line, name);
    else
        *(struct allowance *)memory_append(&p->allowances, &p->allowance_count,
                                           sizeof *p->allowances) =
            (struct allowance){rule, memory_copy_of(trimmed), memory_copy_of(file), line};
    free(trimmed);
    free(reason);
    free(name);
    return good;
}

static bool read_file(void *context, const char *file, const char *text, struct error *e)
{
    for (const char *found = text; (found = strstr(found, marker)); found++) {
        const char *rest = found + sizeof marker - 1;
        if ((*rest == ' ' || *rest == '\t') && is_in_comment(text, found) &&
            !read_one(context, file, text_line_of(text, found), rest, e))
            return false;
    }
    return true;
}

/* Whether the word is a level, or "off". */
static bool parse_level(const char *word, enum check_level *level)
{
    for (int i = LEVEL_FINDING; i <= LEVEL_NOTE; i++)
        if (strcmp(word, check_level_name((enum check_level)i)) == 0) {
            *level = (enum check_level)i;
            return true;
        }
    return strcmp(word, "off") == 0;
}

static bool check_setting(const struct rule_list *rules, const struct suite_rule *r,
                          const char *path, struct error *e)
{
    static const char *const levels[] = {"finding", "warning", "note", "off"};
    enum check_level ignored;
    if (!rule_find(rules, r->name)) {
        const char **names = rule_names(rules);
        yaml_name_unknown(path, "rules.name", "rule", r->name, names, rules->count, e);
        free(names);
        return false;
    }
    return parse_level(r->level, &ignored) ||
           yaml_name_unknown(path, "rules.level", "level", r->level, levels,
                             sizeof levels / sizeof *levels, e);
}

static bool check_suite(const struct rule_list *rules, const struct suite *s, struct error *e)
{
    char *path = suite_path(s, s->file);
    bool good = true;
    for (unsigned i = 0; i < s->rule_count; i++)
        good = check_setting(rules, &s->rules[i], path, e) && good;
    free(path);
    return good;
}

bool rule_policy_read(struct rule_policy *p, const struct rule_list *rules,
                      const struct suite *suite, const char *folder, bool strict, struct error *e)
{
    *p = (struct rule_policy){
        .rules = rules, .suite = suite, .folder = memory_copy_of(folder), .strict = strict};
    return check_suite(rules, suite, e) && migration_files_each(folder, read_file, p, e);
}

/* What the suite says; NULL: nothing. */
static const struct suite_rule *setting_of(const struct rule_policy *p, const struct rule *rule)
{
    for (unsigned i = 0; p->suite && i < p->suite->rule_count; i++)
        if (strcmp(p->suite->rules[i].name, rule->name) == 0)
            return &p->suite->rules[i];
    return NULL;
}

bool rule_policy_is_off(const struct rule_policy *p, const struct rule *rule)
{
    const struct suite_rule *s = setting_of(p, rule);
    return s && strcmp(s->level, "off") == 0;
}

enum check_level rule_policy_level(const struct rule_policy *p, const struct rule *rule,
                                   enum check_level seen)
{
    const struct suite_rule *s = setting_of(p, rule);
    enum check_level level = seen;
    if (s)
        parse_level(s->level, &level);
    return p->strict && level == LEVEL_WARNING ? LEVEL_FINDING : level;
}

const struct allowance *rule_policy_allowance(const struct rule_policy *p, const struct rule *rule,
                                              const char *file)
{
    for (size_t i = 0; i < p->allowance_count; i++)
        if (p->allowances[i].rule == rule && (!file || strcmp(p->allowances[i].file, file) == 0))
            return &p->allowances[i];
    return NULL;
}

void rule_policy_release(struct rule_policy *p)
{
    for (size_t i = 0; i < p->allowance_count; i++) {
        free(p->allowances[i].reason);
        free(p->allowances[i].file);
    }
    free(p->allowances);
    free(p->folder);
    *p = (struct rule_policy){0};
}
