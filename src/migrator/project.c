#include "migrator/project.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/yaml_name.h"
#include "migrator/profile_merge.h"
#include "migrator/recognition.h"
#include "migrator/revision_order.h"
#include "migrator/tool.h"
#include "suite/migrator_schema.h"

/* The profile of our own migrator, which runs layouts. */
static const char own_profile[] = "native";

/* A migrator that pgrehearse.yaml describes without a name. */
static const char unnamed[] = "own";

/* What recognition and choice build on. */
struct choice {
    const struct project_options *options;
    const char *folder; /* of the project, as given */
    char *root;         /* absolute */
    char *wanted;       /* absolute: the folder that is asked for; or NULL */
    const char *migrator;
};

/* An error that a value of pgrehearse.yaml is to blame for names its line there. */
static bool blame_file(const struct choice *c, const char *key, const char *value, struct error *e)
{
    char *path = memory_format("%s/pgrehearse.yaml", c->folder);
    char *problem = memory_copy_of(e->message);
    error_clear(e);
    yaml_value_wrong(path, key, value, problem, e);
    free(problem);
    free(path);
    return false;
}

static bool choice_init(struct choice *c, const char *folder, const struct project_options *options,
                        struct error *e)
{
    const struct suite_migrator *given = options->given;
    const char *wanted = options->folder ? options->folder : given ? given->folder : NULL;
    struct stat status;
    *c = (struct choice){.options = options, .folder = folder, .root = realpath(folder, NULL)};
    if (!c->root || stat(c->root, &status) != 0 || !S_ISDIR(status.st_mode))
        return error_set(e, ERROR_USAGE, "%s: no such folder", folder);
    c->migrator = options->migrator         ? options->migrator
                  : given && given->profile ? given->profile
                                            : NULL;
    if (!wanted)
        return true;
    char *path = wanted[0] == '/' ? memory_copy_of(wanted) : memory_format("%s/%s", folder, wanted);
    c->wanted = realpath(path, NULL);
    if (!c->wanted)
        error_set(e, ERROR_USAGE, "%s: no such folder of migrations", path);
    if (!c->wanted && !options->folder)
        blame_file(c, "migrator.folder", wanted, e);
    free(path);
    return c->wanted != NULL;
}

static void choice_release(struct choice *c)
{
    free(c->root);
    free(c->wanted);
}

static struct suite_migrator *with_changes(const struct suite_migrator *profile,
                                           const struct suite_migrator *given)
{
    struct suite_migrator *whole = memory_zeroed(1, sizeof *whole);
    if (given)
        profile_merge(suite_migrator_fields, whole, given);
    profile_merge(suite_migrator_fields, whole, profile);
    free(whole->name);
    whole->name = memory_copy_of(profile->name ? profile->name : unnamed);
    return whole;
}

/* Our own migrator's commands, with what both have in common: the layout and the tool's tables. */
static struct suite_migrator *layout_runner(const struct profile_set *set,
                                            const struct suite_migrator *profile, struct error *e)
{
    const struct suite_migrator *own = profile_set_find(set, own_profile, e);
    if (!own)
        return NULL;
    struct suite_migrator shared = {.name = profile->name,
                                    .title = profile->title,
                                    .layout = profile->layout,
                                    .applied = profile->applied,
                                    .environment = profile->environment,
                                    .environment_count = profile->environment_count,
                                    .tables = profile->tables,
                                    .table_count = profile->table_count};
    struct suite_migrator *runner = profile_copy(&shared);
    profile_merge(suite_migrator_fields, runner, own);
    return runner;
}

static bool not_installed(const struct suite_migrator *profile, struct error *e)
{
    const char *package = profile->tool && profile->tool->package ? profile->tool->package : NULL;
    return error_set(e, ERROR_UNAVAILABLE, "migrator %s is not installed%s%s",
                     profile_title(profile), package ? "; install it with: " : "",
                     package ? package : "");
}

/* Where old numbers repeat, the profile that does not name revisions by them takes over. */
static bool choose_names(struct project *p, const struct profile_set *set,
                         const struct suite_migrator *given, struct error *e)
{
    const struct suite_revisions *how = p->profile->revisions;
    struct revision_list list = {0};
    if (!how || !how->repeated)
        return true;
    bool good = project_revisions(p, &list, e);
    if (good && revision_list_repeats_long_ago(&list)) {
        const struct suite_migrator *other = profile_set_find(set, how->repeated, e);
        good = other != NULL;
        if (good) {
            profile_free(p->profile);
            p->profile = with_changes(other, given);
        }
    }
    revision_list_release(&list);
    return good;
}

/* Finds the tool or takes the layout in its stead. */
static bool choose_runner(struct project *p, const struct profile_set *set,
                          enum project_runner runner, struct error *e)
{
    const struct suite_migrator *profile = p->profile;
    if (runner == PROJECT_BY_LAYOUT && !profile->layout)
        return error_set(e, ERROR_USAGE,
                         "the files of %s cannot be run without it: it has no layout",
                         profile_title(profile));
    if (runner != PROJECT_BY_LAYOUT && profile->upgrade) {
        p->tool = tool_find(profile->tool, p->directory, set->surroundings);
        if (p->tool || !profile->tool) {
            p->runner = profile_copy(profile);
            return true;
        }
    }
    if (runner == PROJECT_BY_TOOL || !profile->layout)
        return not_installed(profile, e);
    if (runner == PROJECT_BY_EITHER && profile->upgrade)
        p->note = memory_format("%s is not installed, so pgrehearse-migrate runs its files "
                                "instead; to rehearse with it: %s",
                                profile_title(profile),
                                profile->tool && profile->tool->package ? profile->tool->package
                                                                        : "install it");
    p->by_layout = true;
    p->runner = layout_runner(set, profile, e);
    return p->runner != NULL;
}

static void release_project(struct project *p)
{
    free(p->root);
    free(p->directory);
    free(p->folder);
    free(p->name);
    free(p->tool);
    free(p->note);
    expression_groups_release(&p->groups);
    profile_free(p->profile);
    profile_free(p->runner);
    *p = (struct project){0};
}

static bool is_wanted(const struct choice *c, const struct candidate *found)
{
    return !c->wanted || strcmp(c->wanted, found->folder) == 0 ||
           strcmp(c->wanted, found->directory) == 0;
}

static void add_project(struct project_list *list, const struct choice *c,
                        const struct candidate *found)
{
    struct project *p = memory_append(&list->items, &list->count, sizeof *list->items);
    p->root = memory_copy_of(c->root);
    p->directory = memory_copy_of(found->directory);
    p->folder = memory_copy_of(found->folder);
    p->profile = with_changes(found->profile, c->options->given);
    p->name = memory_copy_of(p->profile->name);
    p->weight = found->weight;
    for (int i = 0; i < EXPRESSION_GROUPS; i++)
        p->groups.items[i] = memory_copy_of(found->groups.items[i]);
}

static const struct suite_migrator *find_profile(const struct profile_set *set,
                                                 const struct choice *c, struct error *e)
{
    const struct suite_migrator *profile = profile_set_find(set, c->migrator, e);
    if (!profile && !c->options->migrator)
        blame_file(c, "migrator.profile", c->migrator, e);
    return profile;
}

/* Named by its migrator and its folder, it need not be recognised. */
static bool add_named(struct project_list *list, const struct profile_set *set,
                      const struct choice *c, struct error *e)
{
    const struct suite_migrator *profile = find_profile(set, c, e);
    if (!profile)
        return false;
    struct candidate named = {.profile = profile, .directory = c->root, .folder = c->wanted};
    add_project(list, c, &named);
    return true;
}

static int by_folder(const void *a, const void *b)
{
    const struct project *x = a, *y = b;
    int difference = strcmp(x->folder, y->folder);
    return difference ? difference : strcmp(x->name, y->name);
}

/* pgrehearse.yaml gives all commands itself. */
static bool is_described(const struct choice *c)
{
    const struct suite_migrator *given = c->options->given;
    return given && given->upgrade && !given->profile && !c->options->migrator;
}

static void half_found(const struct half_sign *half, struct error *e)
{
    error_set(e, ERROR_USAGE,
              "%s/%s is %s's, but the folder of the revisions is not at %s; name it with "
              "--migrator %s --migrations DIR",
              half->folder, half->file, profile_title(half->profile), half->missing,
              half->profile->name);
}

static bool find_all(struct project_list *list, const struct profile_set *set,
                     const struct choice *c, struct error *e)
{
    struct candidate_list found;
    if (is_described(c)) {
        struct candidate own = {.profile = c->options->given,
                                .directory = c->root,
                                .folder = c->wanted ? c->wanted : c->root};
        add_project(list, c, &own);
        return true;
    }
    if (c->migrator && !find_profile(set, c, e))
        return false;
    recognition_find(&found, set, c->root, c->migrator);
    for (size_t i = 0; i < found.count; i++)
        if (is_wanted(c, &found.items[i]))
            add_project(list, c, &found.items[i]);
    if (found.count == 0 && !c->wanted && found.half.profile)
        half_found(&found.half, e);
    candidate_list_release(&found);
    if (e->kind != ERROR_NONE)
        return false;
    if (list->count == 0 && c->migrator && c->wanted)
        return add_named(list, set, c, e);
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, by_folder);
    return true;
}

bool project_list_find(struct project_list *list, const char *folder,
                       const struct project_options *options, struct error *e)
{
    struct profile_set set = {0};
    struct choice choice = {0};
    *list = (struct project_list){0};
    bool good = choice_init(&choice, folder, options, e) &&
                profile_set_load(&set, options->shipped, choice.root, e) &&
                find_all(list, &set, &choice, e);
    choice_release(&choice);
    profile_set_release(&set);
    return good;
}

void project_list_release(struct project_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        release_project(&list->items[i]);
    free(list->items);
    *list = (struct project_list){0};
}

/* The folder as people would name it: relative to the project. */
const char *project_shown_folder(const struct project *p)
{
    size_t length = strlen(p->root);
    if (strcmp(p->folder, p->root) == 0)
        return ".";
    return strncmp(p->folder, p->root, length) == 0 ? p->folder + length + 1 : p->folder;
}

static bool none_found(const struct profile_set *set, const struct choice *c, struct error *e)
{
    struct text names = {0};
    for (size_t i = 0; i < set->count; i++)
        text_append_format(&names, "%s%s", i ? ", " : "", set->items[i]->name);
    error_set(e, ERROR_USAGE,
              "%s: no migrations%s%s were recognised here or below; name them with --migrator NAME "
              "--migrations DIR (migrators: %s)",
              c->wanted ? c->wanted : c->root, c->migrator ? " of " : "",
              c->migrator ? c->migrator : "", text_string(&names));
    text_release(&names);
    return false;
}

static bool several_found(const struct project_list *list, const struct choice *c, struct error *e)
{
    struct text found = {0};
    for (size_t i = 0; i < list->count && i < 8; i++)
        text_append_format(&found, "%s--migrator %s --migrations %s", i ? ", " : "",
                           list->items[i].name, project_shown_folder(&list->items[i]));
    if (list->count > 8)
        text_append_format(&found, " and %zu more", list->count - 8);
    error_set(e, ERROR_USAGE, "%s contains %zu sets of migrations; choose one: %s", c->root,
              list->count, text_string(&found));
    text_release(&found);
    return false;
}

static struct project *take_only(struct project_list *list)
{
    struct project *p = memory_zeroed(1, sizeof *p);
    *p = list->items[0];
    list->count = 0;
    return p;
}

struct project *project_find(const char *folder, const struct project_options *options,
                             struct error *e)
{
    struct profile_set set = {0};
    struct choice choice = {0};
    struct project_list list = {0};
    struct project *p = NULL;
    bool good = choice_init(&choice, folder, options, e) &&
                profile_set_load(&set, options->shipped, choice.root, e) &&
                find_all(&list, &set, &choice, e);
    good = good && (list.count > 0 || none_found(&set, &choice, e)) &&
           (list.count == 1 || several_found(&list, &choice, e));
    if (good && choose_names(&list.items[0], &set, options->given, e) &&
        choose_runner(&list.items[0], &set, options->runner, e)) {
        p = take_only(&list);
        p->surroundings = set.surroundings;
        set.surroundings = NULL;
    }
    project_list_release(&list);
    choice_release(&choice);
    profile_set_release(&set);
    return p;
}

bool project_revisions(const struct project *p, struct revision_list *list, struct error *e)
{
    *list = (struct revision_list){0};
    if (!p->profile->revisions)
        return error_set(
            e, ERROR_USAGE,
            "the profile of %s does not say how to list its revisions: expected the key revisions",
            profile_title(p->profile));
    return revision_list_read(list, p->folder, p->profile->revisions, p->groups.items, e);
}

void project_migrator(const struct project *p, const struct revision_list *revisions,
                      struct migrator *m)
{
    *m = (struct migrator){.definition = p->runner,
                           .directory = memory_copy_of(p->by_layout ? p->folder : p->directory),
                           .surroundings = p->surroundings,
                           .revisions = revisions,
                           .folder = p->folder,
                           .tool = p->tool,
                           .groups = p->groups.items};
}

void project_free(struct project *p)
{
    if (!p)
        return;
    surroundings_free(p->surroundings);
    release_project(p);
    free(p);
}
