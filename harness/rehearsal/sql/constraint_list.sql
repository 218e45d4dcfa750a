-- What the tables named in $1 (an array; empty: every table) demand of their rows, one a line: kind (c CHECK, n NOT NULL,
-- u unique, f foreign key), the object's kind and name as a snapshot writes them, the table, the
-- name that a refusal has to give, the columns that matter, and the condition of a partial index.
WITH target AS (
    SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE CASE WHEN cardinality($1::text[]) = 0
          THEN c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
               AND n.nspname <> 'information_schema'
          ELSE c.oid IN (SELECT to_regclass(quote_ident(wanted)) FROM unnest($1::text[]) AS wanted)
          END)
SELECT CASE c.contype WHEN 'p' THEN 'u' ELSE c.contype END AS kind, 'constraint' AS word,
       t.name || '.' || quote_ident(c.conname) AS name, t.name AS target, c.conname AS refused_by,
       (SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) AS columns,
       'true' AS condition, c.convalidated AS valid
FROM target t JOIN pg_constraint c ON c.conrelid = t.oid
WHERE c.contype IN ('c', 'p', 'u', 'f') AND c.conkey IS NOT NULL
UNION ALL
SELECT 'n', 'column', t.name || '.' || quote_ident(a.attname), t.name, a.attname,
       ARRAY[a.attname], 'true', true
FROM target t JOIN pg_attribute a ON a.attrelid = t.oid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
UNION ALL
SELECT 'u', 'index', t.name || '.' || quote_ident(c.relname), t.name, c.relname,
       (SELECT array_agg(DISTINCT a.attname) FROM pg_depend d
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid > 0),
       coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'), i.indisvalid
FROM target t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid
                                    AND o.contype IN ('p', 'u', 'x'))
ORDER BY name, kind
