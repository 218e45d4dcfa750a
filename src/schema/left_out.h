/* Relations that are not part of what is compared: the migrator's own tables. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "schema/row_versions.h"
#include "schema/snapshot.h"

/*
 * Whether the relation `name` ("public.orders") is one of `tables`: names as SQL writes them, of
 * one schema ("public.orders") or of any ("orders").
 */
bool left_out(const char *name, size_t length, char *const *tables, size_t count);

/* Takes the facts of these tables, and of all that belongs to them, out of the snapshot. */
void snapshot_leave_out(struct snapshot *s, char *const *tables, size_t count);

/*
 * Takes out of each column's fact which column it comes after: no DDL puts a column back where it
 * was, so it tells nothing of a downgrade.
 */
void snapshot_forget_order(struct snapshot *s);

/* The same of the tables' row versions, and of the sequences that are named after them. */
void row_versions_leave_out(struct row_versions *v, char *const *tables, size_t count);
