-- The tables whose rows can be proven to be those of an earlier moment without reading them: $1 is the
-- transaction from which on row versions are newer than that moment. A row: the name, and what has
-- to be the same then and now beside the number of rows.
--
-- Left out is a table that was made or altered since, since a column may have got other values
-- without a row having got a new version; one with children, which are read with it; and one with
-- a column of a type whose values may change from elsewhere. Of types that were made here the
-- labels and functions are counted that are not newer: one that was replaced is missing there.
WITH
horizon AS MATERIALIZED (SELECT age($1::text::xid) AS age),
kept AS MATERIALIZED (
    SELECT concat_ws(',',
        (SELECT count(*) FROM pg_enum WHERE age(xmin) > age),
        (SELECT count(*) FROM pg_proc WHERE age(xmin) > age),
        (SELECT count(*) FROM pg_type WHERE age(xmin) > age AND typtype IN ('b', 'e', 'd') AND typelem = 0),
        (SELECT count(*) FROM pg_cast)) AS counts
    FROM horizon),
changed AS MATERIALIZED (
    SELECT DISTINCT attrelid FROM pg_attribute, horizon WHERE age(pg_attribute.xmin) <= horizon.age),
foreign_type AS MATERIALIZED (
    SELECT a.attrelid,
           bool_and(b.oid < 16384 OR b.typtype IN ('b', 'e') OR b.typtype = 'd' AND b.typbasetype < 16384) AS known
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc
                                   THEN t.typelem ELSE t.oid END
    WHERE a.attnum > 0 AND a.atttypid >= 16384
    GROUP BY a.attrelid)
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       concat_ws(' ', c.oid, CASE WHEN f.known THEN kept.counts END) AS mark
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN horizon CROSS JOIN kept
LEFT JOIN changed x ON x.attrelid = c.oid
LEFT JOIN foreign_type f ON f.attrelid = c.oid
LEFT JOIN (SELECT DISTINCT inhparent FROM pg_inherits) i ON i.inhparent = c.oid
WHERE c.relkind = 'r' AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND age(c.xmin) > horizon.age AND x.attrelid IS NULL AND i.inhparent IS NULL AND f.known IS NOT FALSE
