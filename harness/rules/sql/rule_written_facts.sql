-- $1: the facts of rule_hold_facts.sql before. Tables whose columns or checks a transaction has changed, and how many
-- rows the same transaction wrote afterwards, whatever the statement: by the stamps that it left on both. A row that was
-- tried and taken back since has another stamp.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (what text, oid oid, part text, other text, rows bigint)),
busy AS MATERIALIZED (SELECT c.oid, c.relkind FROM b JOIN pg_class c ON c.oid = b.oid WHERE b.what = 'table' AND b.rows > 0),
changed (oid, xid, command) AS MATERIALIZED (
    SELECT a.attrelid, a.xmin, a.cmin::text::bigint FROM pg_attribute a JOIN busy y ON y.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT EXISTS (
        SELECT FROM b WHERE b.what IN ('column', 'gone') AND b.oid = a.attrelid AND b.other = concat_ws(' ', a.attnum,
            CASE WHEN NOT a.attisdropped THEN concat_ws(' ', a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, quote_ident(a.attname)) END))
    UNION ALL
    SELECT k.conrelid, k.xmin, k.cmin::text::bigint FROM pg_constraint k JOIN busy y ON y.oid = k.conrelid
    WHERE k.contype = 'c' AND NOT EXISTS (SELECT FROM b WHERE b.what = 'check' AND b.oid = k.conrelid AND b.part = quote_ident(k.conname))),
written AS (
    SELECT y.oid::regclass::text AS name, w.*
    FROM busy y CROSS JOIN LATERAL json_to_recordset(pg_temp.pgrehearse_value(format(
        'SELECT coalesce(json_agg(q), ''[]'') FROM (SELECT xmin::text AS xid, count(*) AS rows, max(cmin::text::bigint) FILTER (WHERE xmax = ''0''::xid) AS command '
        'FROM ONLY %s WHERE xmin = ANY (%L::xid[]) GROUP BY 1) q', y.oid::regclass, (SELECT array_agg(DISTINCT xid::text) FROM changed)))::json)
        AS w (xid text, rows bigint, command bigint)
    WHERE y.relkind = 'r' AND EXISTS (SELECT FROM changed))
SELECT c.oid::regclass::text AS name, w.name AS written, max(w.rows) AS rows
FROM changed c JOIN written w ON w.xid = c.xid::text AND w.command > c.command AND w.rows > 1
GROUP BY c.oid, w.name
