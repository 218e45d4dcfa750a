#include <stdlib.h>
#include <string.h>

#include "rules/other_setting.h"
#include "rules/sql.h"

/* Servers in Germany or Brazil are set up with days first, those in the USA with months first. */
static const char other_order[] =
    "SELECT CASE WHEN reset_val ~* 'DMY' THEN 'ISO, MDY' ELSE 'ISO, DMY' END FROM pg_settings "
    "WHERE name = 'DateStyle'";

/* What dates a journey leaves, at the target and back again. */
struct journey_dates {
    const struct rule_ground *ground;
    char *up, *down;
};

static void dates_release(struct journey_dates *d)
{
    free(d->up);
    free(d->down);
}

static bool visit(void *context, struct connection *there, struct error *e)
{
    struct journey_dates *d = context;
    d->up = look_dates(d->ground, there, e);
    return d->up != NULL;
}

/* Where the migrator fails, that is seen, and the dates stay NULL. */
static bool go(struct rule_look *look, const char *style, struct journey_dates *d, struct error *e)
{
    const struct other_setting setting = {"DateStyle", style, "DateStyle"};
    struct connection *there = NULL;
    bool arrived = false;
    if (!other_setting_travel(look, &setting, visit, d, &there, &arrived, e))
        return false;
    return !arrived || (d->down = look_dates(look->ground, there, e));
}

/* What is compared: the dates of the database itself, and the styles. */
struct home {
    const char *was;         /* before the upgrade */
    char *back;              /* after the rollback */
    char *style;             /* of here */
    const char *other_style; /* of the first journey */
};

static bool judge(struct rule_look *look, const struct home *home,
                  const struct journey_dates *there, const struct journey_dates *again,
                  struct error *e)
{
    struct rule_ground *g = look->ground;
    const char *const values[] = {home->was, g->dates_after, home->back,
                                  there->up, there->down,    home->other_style,
                                  again->up, again->down,    home->style};
    return look_judge(look, g->back, sql_rule_style_judge, 9, values, e);
}

/* Whether the journey left the same dates as the database itself has. */
static bool is_as_here(const struct rule_look *look, const struct home *home,
                       const struct journey_dates *there, bool *same, struct error *e)
{
    struct rule_ground *g = look->ground;
    const char *const values[] = {g->dates_after, there->up, home->back, there->down};
    char *answer = connection_value(
        g->back, "SELECT ($1::jsonb = $2::jsonb AND $3::jsonb = $4::jsonb)::text", 4, values, e);
    *same = answer && strcmp(answer, "true") == 0;
    bool good = answer != NULL;
    free(answer);
    return good;
}

/* A second journey, with the style of here, is made only if the first one left other dates: those
   of now() or random() differ each time. */
static bool compare(struct rule_look *look, const char *was, const char *style, struct error *e)
{
    struct rule_ground *g = look->ground;
    struct journey_dates there = {.ground = g}, again = there;
    struct home home = {.was = was, .other_style = style};
    bool same = true;
    bool good = (home.style = other_setting_at_home(g->before, "DateStyle", e)) &&
                (home.back = look_dates(g, g->back, e)) && go(look, style, &there, e) &&
                (!there.down || is_as_here(look, &home, &there, &same, e)) &&
                (same || (go(look, home.style, &again, e) &&
                          (!again.down || judge(look, &home, &there, &again, e))));
    free(home.back);
    free(home.style);
    dates_release(&there);
    dates_release(&again);
    return good;
}

static bool concerns_dates(struct rule_look *look, const char *was, bool *concerned,
                           struct error *e)
{
    const char *const values[] = {was, look->ground->dates_after};
    char *count = connection_value(look->ground->before, sql_rule_style_concern, 2, values, e);
    *concerned = count && strcmp(count, "0") != 0;
    bool good = count != NULL;
    free(count);
    return good;
}

static bool check(struct rule_look *look, struct error *e)
{
    struct rule_ground *g = look->ground;
    bool concerned = false;
    if (!g->travel || !g->dates_after) {
        look_not_run(look, "the migrator could not be run with another DateStyle");
        return true;
    }
    char *was = look_dates(g, g->before, e);
    char *style = was ? connection_value(g->before, other_order, 0, NULL, e) : NULL;
    bool good = style && concerns_dates(look, was, &concerned, e) &&
                (!concerned || compare(look, was, style, e));
    free(style);
    free(was);
    return good;
}

const struct rule rule_style_dependent = {
    .name = "style-dependent",
    .level = LEVEL_FINDING,
    .moment = RULE_ROLLED_BACK,
    .needs_run = true,
    .property = "the order of day and month makes no difference",
    .sees = "Dates that come out differently, or a migration that fails, where the database has "
            "another DateStyle: days before months, or months before days. Tried where the upgrade "
            "changes dates. What differs from run to run, such as now(), is not blamed.",
    .why = "The cast of '03/04/2024' to a date is 4 March in one country and 3 April in the next: "
           "initdb sets DateStyle by the locale of the machine. No error is raised until the "
           "thirteenth of a month.",
    .remedy = "read the text by a format: to_date(…, 'DD/MM/YYYY'), not by a cast",
    .source = "https://www.postgresql.org/docs/current/datatype-datetime.html",
    .check = check,
};
