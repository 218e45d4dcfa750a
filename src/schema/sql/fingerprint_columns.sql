-- What to read of the table $1 (a name as SQL writes it; without a schema: of `public`): its columns
-- in order, their place in the primary key (0: none), and whether they are read as text.
--
-- Text is for types that have no binary form, and for containers of types made here, since the
-- binary form of an array or a row holds the OIDs of those, which differ between two databases.
WITH RECURSIVE
target AS (
    SELECT coalesce((SELECT oid FROM pg_class
                     WHERE relname = n AND relnamespace = to_regnamespace('public')
                       AND relkind IN ('r', 'p', 'v', 'm', 'f')),
                    to_regclass(CASE cardinality(parse_ident(n)) WHEN 1 THEN 'public.' || n ELSE n END))
           AS oid
    FROM (SELECT $1::text AS n OFFSET 0) given), -- OFFSET 0: no parse_ident() while planning
live AS (
    SELECT a.attnum, a.attname, a.attgenerated, a.atttypid
    FROM pg_attribute a JOIN target t ON a.attrelid = t.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped),
inside (attnum, type, within) AS (
    SELECT attnum, atttypid, false FROM live
    UNION
    SELECT i.attnum, x.type, i.within OR x.within
    FROM inside i JOIN pg_type t ON t.oid = i.type
    CROSS JOIN LATERAL (
        SELECT t.typelem, true WHERE t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc
        UNION ALL SELECT t.typbasetype, false WHERE t.typtype = 'd'
        UNION ALL SELECT a.atttypid, true FROM pg_attribute a
                  WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT r.rngsubtype, false FROM pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
    ) x (type, within)),
textual AS (
    SELECT i.attnum FROM inside i JOIN pg_type t ON t.oid = i.type
    GROUP BY i.attnum HAVING bool_or(t.typsend = 0 OR i.within AND t.oid >= 16384))
SELECT l.attname,
       coalesce((SELECT array_position(i.indkey::int2[], l.attnum) - array_lower(i.indkey::int2[], 1) + 1
                 FROM pg_index i JOIN target t ON i.indrelid = t.oid
                 WHERE i.indisprimary AND l.attnum = ANY (i.indkey::int2[])), 0) AS key,
       l.attnum IN (SELECT attnum FROM textual) AS as_text,
       l.attgenerated <> '' AS generated,
       (SELECT t.typlen > 0 OR t.typcategory = 'S' FROM pg_type t WHERE t.oid = l.atttypid) AS short,
       (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN target t ON t.oid = c.oid) AS name
FROM target x LEFT JOIN live l ON true
WHERE x.oid IS NOT NULL
ORDER BY l.attnum
