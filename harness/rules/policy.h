/*
 * What a suite and its migrations say of the rules: another level or none, in suite.yaml, and an
 * allowance for one rule in a comment of a migration file:
 *
 *     -- pgrehearse: allow RULE REASON      (# or // in other languages)
 */
#pragma once
#include "rules/rule.h"
#include "suite/suite.h"

struct allowance {
    const struct rule *rule;
    char *reason;
    char *file; /* relative to the folder of the migrations */
    unsigned line;
};

/* Zero-initialised, with the rules set, it leaves every rule as it is. */
struct rule_policy {
    const struct rule_list *rules; /* those there are */
    const struct suite *suite;
    char *folder; /* of the migrations */
    bool strict;  /* warnings are findings */
    struct allowance *allowances;
    size_t allowance_count;
};

/*
 * Reads the comments of all files in `folder` and checks the names that the suite uses. ERROR_USAGE
 * with file and line for a rule that there is not, a level that there is not, a reason that is
 * missing. Release in any case.
 */
bool rule_policy_read(struct rule_policy *p, const struct rule_list *rules,
                      const struct suite *suite, const char *folder, bool strict, struct error *e);

bool rule_policy_is_off(const struct rule_policy *p, const struct rule *rule);

/* Of what the rule has seen, which is of the level `seen` where the suite says nothing else. */
enum check_level rule_policy_level(const struct rule_policy *p, const struct rule *rule,
                                   enum check_level seen);

/* The allowance in `file`, or with NULL the first of any file; NULL: there is none. */
const struct allowance *rule_policy_allowance(const struct rule_policy *p, const struct rule *rule,
                                              const char *file);

void rule_policy_release(struct rule_policy *p);
