-- Rows that do not satisfy a CHECK that is said to hold, and stored values that their own expression
-- gives no more: a function in it has become another.
SELECT 'constraint ' || quote_ident(k.conname) || ' of ' || k.conrelid::regclass AS object,
       format('is violated by %s existing row%s: a dump of this table cannot be restored', n.rows,
              CASE WHEN n.rows > 1 THEN 's' END) AS evidence,
       format('fix the rows, or keep the function that the constraint calls as it was') AS remedy, NULL AS level
FROM pg_constraint k
CROSS JOIN LATERAL (
    SELECT pg_temp.pgrehearse_value(format('SELECT count(*) FROM %s WHERE NOT (%s)', k.conrelid::regclass,
        pg_get_expr(k.conbin, k.conrelid)))::bigint AS rows) n
WHERE k.contype = 'c' AND k.convalidated AND k.conparentid = 0 AND k.conrelid >= 16384 AND n.rows > 0
UNION ALL
SELECT 'column ' || quote_ident(a.attname) || ' of ' || a.attrelid::regclass,
       format('is generated, but in %s rows no longer matches its expression', n.rows),
       format('have it recomputed: UPDATE %s SET … on every row, or add the column again', a.attrelid::regclass), NULL
FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
CROSS JOIN LATERAL (
    SELECT pg_temp.pgrehearse_value(format('SELECT count(*) FROM %s WHERE %I IS DISTINCT FROM (%s)', a.attrelid::regclass,
        a.attname, pg_get_expr(d.adbin, d.adrelid)))::bigint AS rows) n
WHERE a.attgenerated = 's' AND a.attrelid >= 16384 AND NOT a.attisdropped AND n.rows > 0
UNION ALL -- a view that is refreshed every night is behind in between
SELECT 'materialized view ' || c.oid::regclass, 'holds other rows than its query gives: it was not refreshed after the tables were changed',
       format('REFRESH MATERIALIZED VIEW %s at the end of the migration', c.oid::regclass), 'warning'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT format('SELECT coalesce(sum((''x'' || left(md5(v::text), 15))::bit(60)::bigint::numeric), 0) || '' '' || count(*) FROM %s v', source) AS query
    FROM (VALUES (c.oid::regclass::text), ('(' || rtrim(pg_get_viewdef(c.oid), ';') || ')')) y (source)) x
WHERE c.relkind = 'm' AND c.oid >= 16384 AND n.nspname !~ '^pg_' AND c.relispopulated
GROUP BY c.oid
-- the query may fail, as REFRESH would
HAVING count(DISTINCT CASE WHEN pg_temp.pgrehearse_state(x.query) IS NULL THEN pg_temp.pgrehearse_value(x.query) END) = 2
