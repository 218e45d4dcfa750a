-- Every table of the users, with its columns in order: what rows_compare() reads of each of two
-- databases. Children of a partitioned table are read with it; a child by inheritance stands for
-- itself. Tables of extensions are left out, and those that $1 (text[] of "schema.table" or "table") names.
SELECT c.oid,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       c.relkind = 'p' AS partitioned,
       c.relispartition AS partition,
       a.attnum,
       quote_ident(a.attname) AS "column",
       format_type(a.atttypid, a.atttypmod) AS type,
       format_type(a.atttypid, NULL) AS base_type,
       CASE WHEN b.typtype = 'e' THEN 'E' ELSE b.typcategory END AS category,
       b.typname IN ('json', 'jsonb') AS json,
       -- types made here have other OIDs in another database, and so has the binary form of what holds them
       t.typsend = 0 OR t.oid >= 16384 OR t.typtype <> 'b' OR t.typelem >= 16384 AS as_text,
       coalesce(array_position(i.indkey::int2[], a.attnum) - array_lower(i.indkey::int2[], 1) + 1, 0) AS key,
       t.typlen > 0 OR t.typcategory = 'S' AS short,
       a.attgenerated <> '' AS generated
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  AND NOT (c.relname = ANY ($1::text[]) OR n.nspname || '.' || c.relname = ANY ($1::text[]))
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum
