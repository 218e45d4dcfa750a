/* A plugin for pgrehearse: a rule and a scenario of this shop. */
#include <pgrehearse/plugin.h>

#include <stdlib.h>

/* Each row is an occurrence; only what the upgrade made counts. */
static void look_for_floats(struct pgr_look *look)
{
    pgr_see_new(look, "SELECT format('column %s.%I', attrelid::regclass, attname) AS object,"
                      " 'keeps money as ' || format_type(atttypid, NULL) AS evidence,"
                      " 'use numeric' AS remedy"
                      " FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0"
                      " AND atttypid IN ('real'::regtype, 'double precision'::regtype)"
                      " AND attname ~ 'price|amount|total'");
}

static const struct pgr_rule money_as_float = {
    .size = sizeof money_as_float,
    .name = "money-as-float",
    .level = PGR_FINDING,
    .property = "no new column keeps money in floating point",
    .sees = "A column called price, amount or total whose type is real or double precision.",
    .why = "Floating point cannot represent most prices; sums are wrong by a cent.",
    .remedy = "use numeric",
    .check = look_for_floats,
};

/* Asks, compares, and shows what differs. */
static void compare_prices(struct pgr_look *look)
{
    const struct pgr_rows *rows = pgr_query(
        look, PGR_NOW, "SELECT id, cents, round(price * 100) FROM public.orders", 0, NULL);
    for (size_t i = 0; i < pgr_row_count(rows); i++) {
        const char *price = pgr_value(rows, i, 2);
        if (!price || strtod(price, NULL) != strtod(pgr_value(rows, i, 1), NULL))
            pgr_see(look, "table public.orders", "has a price that differs from its cents",
                    "fill price from cents");
    }
    pgr_measure(look, "compared orders", "rows", (double)pgr_row_count(rows), 0);
}

static void prices_stay(struct pgr_rehearsal *r)
{
    pgr_given_database(r, NULL);
    pgr_run(r, "take an order of 19.99", "INSERT INTO orders VALUES (1, 'Ada', 1999)");
    pgr_upgrade(r, PGR_TARGET);
    pgr_expect(r, "every order costs what it did", compare_prices);
    pgr_run(r, "take an order of 16777217.17",
            "INSERT INTO orders (id, customer, cents, price) VALUES (2, 'Bob', 1677721717, "
            "16777217.17)");
    pgr_expect(r, "a large order costs what it should", compare_prices);
}

static const struct pgr_scenario prices_stay_scenario = {
    .size = sizeof prices_stay_scenario,
    .name = "prices-stay",
    .title = "Orders that were taken before the upgrade cost the same after it",
    .runbook = prices_stay,
};

static const struct pgr_scenario *const scenarios[] = {&prices_stay_scenario, NULL};
static const struct pgr_rule *const rules[] = {&money_as_float, NULL};

const struct pgr_plugin *pgr_plugin(void)
{
    static const struct pgr_plugin shop = {PGR_PLUGIN_ABI, sizeof shop, "shop", scenarios, rules};
    return &shop;
}
