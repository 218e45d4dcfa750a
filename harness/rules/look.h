/* What rules are written with. */
#pragma once
#include "rules/rule.h"

/* Adds an occurrence; the strings are copied, `remedy` may be NULL. */
void look_sees(struct rule_look *look, const char *object, const char *evidence,
               const char *remedy);

/* Takes back the sightings of an object whose evidence has this in it: another rule names the
 * cause. */
void look_takes_back(struct rule_look *look, const char *object, const char *part);

/* The rule could not look, for this reason. */
void look_not_run(struct rule_look *look, const char *reason);

/*
 * Asks the facts of two databases, each row as a JSON object of its columns, and lets `judge`
 * compare them: $1 has the earlier facts, $2 the later ones. Its columns are object, evidence and
 * remedy, each row an occurrence. `facts` may call the
 * helpers of sql/rule_spell.sql, which run any statement.
 */
bool look_compare(struct rule_look *look, struct connection *earlier, struct connection *later,
                  const char *facts, const char *judge, struct error *e);

/* The same of the database before and after the upgrade. */
bool look_compare_upgrade(struct rule_look *look, const char *facts, const char *judge,
                          struct error *e);

/*
 * The same with an extension of the server's, made for the length of the spell where the database
 * has none. Where the server has none either, the rule is not run.
 */
bool look_compare_with(struct rule_look *look, const char *extension, const char *facts,
                       const char *judge, struct error *e);

/* The rows of a query as JSON, asked in a spell that leaves nothing behind; to be freed. */
char *look_facts(struct connection *c, const char *facts, size_t count, const char *const *values,
                 struct error *e);

/* The same for a query whose tables are facts, given to it as JSON. */
char *look_facts_of(struct connection *c, const char *facts, size_t count,
                    const char *const *values, struct error *e);

/* The rows of a query, asked in such a spell; NULL with the error set. To be cleared. */
PGresult *look_rows(struct connection *c, const char *sql, size_t count, const char *const *values,
                    struct error *e);

/* Whether our role is a superuser; false with the error set if that cannot be known. */
bool look_is_superuser(struct connection *c, bool *is, struct error *e);

/* Digests of the columns that hold dates, except for the migrator's own tables; to be freed. */
char *look_dates(const struct rule_ground *g, struct connection *c, struct error *e);

/* What there is outside of the database, for rules that compare it with what was before. */
char *look_outside(struct connection *c, bool server_is_ours, struct error *e);
bool look_compare_outside(struct rule_look *look, const char *judge, struct error *e);

/* Takes each row (object, evidence, remedy and perhaps a level) of a query on the database. */
bool look_judge(struct rule_look *look, struct connection *c, const char *judge, size_t count,
                const char *const *values, struct error *e);
