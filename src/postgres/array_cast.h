/*
 * PostgreSQL writes `varchar IN ('a', 'b')` as `(ARRAY['a'::character varying, …])::text[]`, and
 * reads that back as `ARRAY[('a'::character varying)::text, …]`, with the cast at every element. So
 * a schema that was dumped and restored tells the same expression in other words. Here both are
 * written the second way, which stays as it is when it is read again.
 */
#pragma once

/* The line with each cast of an array spread over its elements, to be freed; NULL: it has none. */
char *array_cast_spread(const char *line);
