-- What statements name beside tables and columns: unique keys in ON CONFLICT, labels of enums, functions, sequences.
WITH space AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT 'key' AS what, NULL::oid AS oid, c.oid::regclass::text AS name,
       (SELECT string_agg(x, ', ' ORDER BY x) FROM generate_series(1, i.indnkeyatts) n, LATERAL pg_get_indexdef(i.indexrelid, n, false) x) AS part,
       pg_get_expr(i.indpred, i.indrelid) AS condition,
       (SELECT jsonb_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND (a.attnum = ANY (i.indkey) OR a.attnum IN (
            SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refobjid = c.oid))) AS needs
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition JOIN space ON space.oid = c.relnamespace
WHERE c.oid >= 16384 AND i.indisunique AND i.indimmediate AND i.indisvalid
UNION ALL
SELECT 'label', e.oid, format_type(e.enumtypid, NULL), e.enumlabel, NULL, NULL FROM pg_enum e
WHERE e.enumtypid >= 16384 AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = e.enumtypid)
UNION ALL
SELECT DISTINCT 'function', NULL::oid, format('%I.%I', p.pronamespace::regnamespace, p.proname), '', NULL, NULL::jsonb
FROM pg_proc p JOIN space ON space.oid = p.pronamespace
WHERE p.oid >= 16384 AND p.prokind IN ('f', 'p', 'w') AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
  AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
UNION ALL
SELECT 'sequence', c.oid, c.oid::regclass::text, coalesce(d.refobjid::regclass || '.' || quote_ident(a.attname), ''), NULL, NULL
FROM pg_class c JOIN space ON space.oid = c.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.oid >= 16384 AND c.relkind = 'S'
