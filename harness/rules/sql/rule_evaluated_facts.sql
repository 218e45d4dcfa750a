-- What a restore evaluates with functions of the schema's own, and those functions: checks, defaults,
-- generated columns, indexes, domains, materialized views.
WITH own AS (
    SELECT p.oid, p.prosrc, p.proconfig FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname !~ '^pg_'
    WHERE p.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                                         AND d.deptype = 'e')),
used AS (
    SELECT DISTINCT d.classid, d.objid FROM pg_depend d JOIN own ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = own.oid
    WHERE d.classid IN ('pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_class'::regclass, 'pg_rewrite'::regclass))
SELECT 'use' AS what, CASE u.classid
           WHEN 'pg_constraint'::regclass THEN (SELECT k.conrelid::regclass || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.oid = u.objid)
           WHEN 'pg_attrdef'::regclass THEN (SELECT a.adrelid::regclass || ' ' || a.adnum || ' ' || pg_get_expr(a.adbin, a.adrelid)
                                             FROM pg_attrdef a JOIN pg_attribute t ON t.attrelid = a.adrelid AND t.attnum = a.adnum
                                             WHERE a.oid = u.objid AND t.attgenerated <> '')
           WHEN 'pg_class'::regclass THEN (SELECT pg_get_indexdef(c.oid) FROM pg_class c WHERE c.oid = u.objid AND c.relkind IN ('i', 'I'))
           ELSE (SELECT pg_get_viewdef(w.ev_class) FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class AND c.relkind = 'm'
                 WHERE w.oid = u.objid) END AS def
FROM used u
UNION ALL
SELECT 'function', own.oid::regprocedure || ' ' || own.prosrc || coalesce(' ' || own.proconfig::text, '') FROM own
