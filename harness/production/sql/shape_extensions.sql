-- The extensions of this database: NAME, VERSION, SCHEMA.
SELECT x.extname AS name, x.extversion AS version, n.nspname AS schema
FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
ORDER BY x.extname COLLATE "C"
