/* Whether an upgrade has kept a budget. */
#pragma once
#include "record/cost_record.h"
#include "suite/suite.h"

enum budget_outcome {
    BUDGET_KEPT,
    BUDGET_OVER,
    BUDGET_UNKNOWN, /* the record does not have the figure */
};

struct budget_verdict {
    enum budget_outcome outcome;
    char *message; /* one line: statement, figure and limit; or what is not known */
    char *found;   /* the figure with its unit; NULL where it is not known */
    const struct statement_cost *statement; /* whose it is, where it is one's; else NULL */
};

/* The caller releases it with budget_verdict_release(). */
struct budget_verdict budget_judge(const struct suite_budget *b, const struct cost_record *c);

void budget_verdict_release(struct budget_verdict *v);

/* Whether a record's name of a table, "public.orders", is meant by a suite's, "orders". */
bool budget_means(const char *shown, const char *table);
