-- Rows that do not satisfy a CHECK that is said to hold, and stored values that their own expression
-- gives no more: a function in it has become another.
SELECT 'constraint ' || quote_ident(k.conname) || ' of ' || k.conrelid::regclass AS object,
       format('is violated by %s existing row%s: a dump of this table cannot be restored', n.rows,
              CASE WHEN n.rows > 1 THEN 's' END) AS evidence,
       format('fix the rows, or keep the function that the constraint calls as it was') AS remedy
FROM pg_constraint k
CROSS JOIN LATERAL (
    SELECT pg_temp.pgrehearse_value(format('SELECT count(*) FROM %s WHERE NOT (%s)', k.conrelid::regclass,
        pg_get_expr(k.conbin, k.conrelid)))::bigint AS rows) n
WHERE k.contype = 'c' AND k.convalidated AND k.conparentid = 0 AND k.conrelid >= 16384 AND n.rows > 0
UNION ALL
SELECT 'column ' || quote_ident(a.attname) || ' of ' || a.attrelid::regclass,
       format('is generated, but in %s rows no longer matches its expression', n.rows),
       format('have it recomputed: UPDATE %s SET … on every row, or add the column again', a.attrelid::regclass)
FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
CROSS JOIN LATERAL (
    SELECT pg_temp.pgrehearse_value(format('SELECT count(*) FROM %s WHERE %I IS DISTINCT FROM (%s)', a.attrelid::regclass,
        a.attname, pg_get_expr(d.adbin, d.adrelid)))::bigint AS rows) n
WHERE a.attgenerated = 's' AND a.attrelid >= 16384 AND NOT a.attisdropped AND n.rows > 0
