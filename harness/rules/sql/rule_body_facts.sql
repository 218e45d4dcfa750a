-- Functions in SQL whose text does not fit the schema: made again from their own definition, as
-- CREATE FUNCTION checks them.
SELECT p.oid::regprocedure::text AS name, f.message
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'sql'
CROSS JOIN LATERAL (SELECT pg_temp.pgrehearse_complaint(pg_get_functiondef(p.oid)) AS message) f
WHERE p.oid >= 16384 AND p.prokind IN ('f', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND to_jsonb(p) ->> 'prosqlbody' IS NULL
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  AND f.message IS NOT NULL
