#include <stdlib.h>
#include <string.h>

#include "rules/other_setting.h"
#include "rules/sql.h"

/* Where the database is at home in UTC, another one, far from it and without summer time. */
static const char other_zone[] =
    "SELECT CASE WHEN reset_val ~* '^(etc/)?(utc|gmt|uct|zulu|universal)$' THEN 'Asia/Kathmandu' "
    "ELSE 'UTC' END FROM pg_settings WHERE name = 'TimeZone'";

/* Whether a date or time changed on the way up; if not, no zone can make a difference. */
static bool concerns_dates(struct rule_look *look, bool *concerned, struct error *e)
{
    struct rule_ground *g = look->ground;
    char *was = look_facts(g->before, sql_rule_columns_facts, 0, NULL, e);
    const char *const values[] = {was, g->columns_after};
    char *count = was && g->columns_after
                      ? connection_value(g->before, sql_rule_dates_judge, 2, values, e)
                      : NULL;
    *concerned = count && strcmp(count, "0") != 0;
    bool good = count != NULL || (was && !g->columns_after);
    free(count);
    free(was);
    return good;
}

/* What the journey finds at the target. */
struct findings_there {
    const struct rule_ground *ground;
    char *dates;
};

static bool visit(void *context, struct connection *there, struct error *e)
{
    struct findings_there *t = context;
    t->dates = look_dates(t->ground, there, e);
    return t->dates != NULL;
}

static bool compare(struct rule_look *look, struct connection *there, const char *zone,
                    const char *dates, struct error *e)
{
    struct rule_ground *g = look->ground;
    char *was = look_facts(g->before, sql_rule_rows_facts, 0, NULL, e);
    char *here = was ? look_facts(g->back, sql_rule_rows_facts, 0, NULL, e) : NULL;
    char *far = here ? look_facts(there, sql_rule_rows_facts, 0, NULL, e) : NULL;
    char *ours = far ? other_setting_at_home(g->before, "TimeZone", e) : NULL;
    char *columns = ours ? look_facts(g->before, sql_rule_columns_facts, 0, NULL, e) : NULL;
    const char *const values[] = {was,
                                  here,
                                  far,
                                  zone,
                                  ours,
                                  columns,
                                  g->columns_after,
                                  g->dates_after ? g->dates_after : "[]",
                                  dates};
    bool good = columns && look_judge(look, there, sql_rule_zone_judge, 9, values, e);
    free(columns);
    free(ours);
    free(was);
    free(here);
    free(far);
    return good;
}

static bool go(struct rule_look *look, const char *zone, struct error *e)
{
    const struct other_setting setting = {"TimeZone", zone, "the time zone"};
    struct connection *there = NULL;
    struct findings_there found = {.ground = look->ground};
    bool arrived = false;
    bool good = other_setting_travel(look, &setting, visit, &found, &there, &arrived, e) &&
                (!arrived || compare(look, there, zone, found.dates, e));
    free(found.dates);
    return good;
}

static bool check(struct rule_look *look, struct error *e)
{
    bool concerned = false;
    if (!look->ground->travel) {
        look_not_run(look, "the migrator could not be run in another time zone");
        return true;
    }
    if (!concerns_dates(look, &concerned, e))
        return false;
    if (!concerned)
        return true;
    char *zone = connection_value(look->ground->before, other_zone, 0, NULL, e);
    bool good = zone && go(look, zone, e);
    free(zone);
    return good;
}

const struct rule rule_zone_dependent = {
    .name = "zone-dependent",
    .level = LEVEL_FINDING,
    .moment = RULE_ROLLED_BACK,
    .needs_run = true,
    .property = "the time zone makes no difference",
    .sees = "Rows that come back from the rollback unchanged here, but shifted where the database "
            "has another TimeZone. A warning: moments that depend on it after the upgrade. Checked "
            "where a date or time column changes its type.",
    .why = "A timestamp gets its zone by way of UTC, and loses it by way of the session's zone, or "
           "vice versa: with everything in UTC the mistake is invisible; elsewhere each rollback "
           "shifts every row.",
    .remedy = "name the zone in both upgrade and downgrade",
    .source = "https://github.com/madetech/nhs-virtual-visit/pull/469, "
              "https://github.com/automagik-dev/omni/pull/599",
    .check = check,
};
