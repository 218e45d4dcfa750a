-- What has a name, for what a rollback leaves behind. `whose` is the table that it belongs to.
WITH space AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END || ' ' ||
       c.oid::regclass AS object, NULL AS whose
FROM pg_class c JOIN space s ON s.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND (c.relkind <> 'S' OR NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))
  AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
UNION ALL
SELECT 'index ' || i.indexrelid::regclass, i.indrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
JOIN space s ON s.oid = c.relnamespace
WHERE i.indexrelid >= 16384 AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
UNION ALL
SELECT format('column %I of %s', a.attname, c.oid::regclass), c.oid::regclass::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') JOIN space s ON s.oid = c.relnamespace
WHERE c.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT format('constraint %I of %s', k.conname, k.conrelid::regclass), k.conrelid::regclass::text
FROM pg_constraint k WHERE k.conrelid >= 16384 AND k.contype IN ('c', 'f', 'u', 'p', 'x')
UNION ALL
SELECT format('trigger %I of %s', t.tgname, t.tgrelid::regclass), t.tgrelid::regclass::text
FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT format('policy %I of %s', p.polname, p.polrelid::regclass), p.polrelid::regclass::text FROM pg_policy p
UNION ALL
SELECT 'function ' || p.oid::regprocedure, NULL FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
WHERE p.oid >= 16384 AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
UNION ALL
SELECT 'type ' || format_type(t.oid, NULL), NULL FROM pg_type t JOIN space s ON s.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.oid >= 16384 AND t.typtype IN ('d', 'e', 'r', 'c') AND (c.oid IS NULL OR c.relkind = 'c')
  AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
UNION ALL
SELECT 'schema ' || quote_ident(nspname), NULL FROM space
UNION ALL
SELECT 'event trigger ' || quote_ident(evtname), NULL FROM pg_event_trigger
