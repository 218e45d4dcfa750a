/*
 * Lists of plugins, and what a plugin offers: all of it is taken, or refused as a person's mistake
 * for one reason.
 */
#include "choices.h"

#include <stdlib.h>

#include <dlfcn.h>

#include "base/text.h"
#include "commands/scenario_table.h"
#include "plugins/plugin_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4 };

struct offer {
    struct pgr_plugin plugin;
    struct pgr_scenario scenarios[MOST];
    struct pgr_rule rules[MOST];
    const struct pgr_scenario *scenario_list[MOST + 1];
    const struct pgr_rule *rule_list[MOST + 1];
    char *strings[4 * MOST + 1];
    size_t string_count;
};

static void do_nothing(struct pgr_rehearsal *r)
{
    (void)r;
}

static void see_nothing(struct pgr_look *look)
{
    (void)look;
}

/* Mostly good, now and then NULL, taken, or whatever the input has. */
static const char *choose_name(struct offer *o, struct choices *c, const char *good)
{
    static const char *const taken[] = {"fresh",         "rollback", "rules",
                                        "unindexed-key", "schema",   ""};
    switch (choices_below(c, 8)) {
    case 0:
        return NULL;
    case 1:
        return taken[choices_below(c, sizeof taken / sizeof *taken)];
    case 2:
        return o->strings[o->string_count++] = choices_string(c);
    default:
        return good;
    }
}

static size_t choose_size(struct choices *c, size_t good)
{
    return choices_below(c, 8) ? good : choices_byte(c);
}

static void choose_scenario(struct offer *o, struct choices *c, size_t i)
{
    static const char *const names[MOST] = {"one", "two", "three", "four"};
    o->scenarios[i] = (struct pgr_scenario){
        choose_size(c, sizeof o->scenarios[i]), choose_name(o, c, names[i]),
        choose_name(o, c, "A title"), choices_below(c, 8) ? do_nothing : NULL};
    o->scenario_list[i] = &o->scenarios[i];
}

static void choose_rule(struct offer *o, struct choices *c, size_t i)
{
    static const char *const names[MOST] = {"rule-one", "rule-two", "rule-three", "rule-four"};
    o->rules[i] = (struct pgr_rule){.size = choose_size(c, sizeof o->rules[i]),
                                    .name = choose_name(o, c, names[i]),
                                    .level = choices_below(c, 4),
                                    .moment = choices_below(c, 3),
                                    .property = choose_name(o, c, "every table has a comment"),
                                    .sees = "tables",
                                    .why = choices_below(c, 8) ? "why" : NULL,
                                    .remedy = choices_below(c, 8) ? "comment" : NULL,
                                    .check = choices_below(c, 8) ? see_nothing : NULL};
    o->rule_list[i] = &o->rules[i];
}

static void choose_offer(struct offer *o, struct choices *c)
{
    size_t scenarios = choices_below(c, MOST + 1), rules = choices_below(c, MOST + 1);
    for (size_t i = 0; i < scenarios; i++)
        choose_scenario(o, c, i);
    for (size_t i = 0; i < rules; i++)
        choose_rule(o, c, i);
    o->plugin = (struct pgr_plugin){.abi = choices_below(c, 16) ? PGR_PLUGIN_ABI : choices_byte(c),
                                    .size = (uint32_t)choose_size(c, sizeof o->plugin),
                                    .name = choose_name(o, c, "mine"),
                                    .scenarios = choices_below(c, 8) ? o->scenario_list : NULL,
                                    .rules = choices_below(c, 8) ? o->rule_list : NULL};
}

/* Paths, with commas between; to be freed. */
static char *choose_paths(struct choices *c)
{
    static const char *const other[] = {"", "missing.so", "/", "/dev/null", "/proc/self/exe", ","};
    struct text paths = {0};
    for (size_t count = choices_below(c, 4), i = 0; i <= count; i++) {
        size_t kind = choices_below(c, 8);
        text_append(&paths, i ? "," : "");
        if (kind == 0) {
            char *raw = choices_string(c);
            for (char *p = raw; *p; p++) /* no library of this machine's is loaded by chance */
                *p = *p == '/' ? '_' : *p;
            text_append(&paths, raw);
            free(raw);
        } else {
            text_append(&paths, kind == 1 ? other[choices_below(c, sizeof other / sizeof *other)]
                                          : FUZZ_PLUGIN);
        }
    }
    return text_detach(&paths);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pgr_plugin *offered;
    void *library = offered ? NULL : dlopen(FUZZ_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    if (!offered && (!library || !(offered = dlsym(library, "offered"))))
        abort();
    struct choices c = {data, size};
    struct offer o = {0};
    struct plugin_set set;
    struct error e = {0};
    choose_offer(&o, &c);
    *offered = o.plugin;
    char *paths = choose_paths(&c);
    bool good = plugin_set_load(&set, paths, &scenario_table, &e);
    if (good == (e.kind != ERROR_NONE) || (!good && (e.kind != ERROR_USAGE || !*e.message)) ||
        (good && !set.made_count && !set.guest_count))
        abort();
    plugin_set_release(&set);
    free(paths);
    for (size_t i = 0; i < o.string_count; i++)
        free(o.strings[i]);
    return 0;
}
