SELECT 'extension ' || quote_ident(e.extname) AS object, 'can be made only by a superuser: an owner gets "permission denied" (42501)' AS evidence,
       format('let a DBA run CREATE EXTENSION %I before the deployment, and write CREATE EXTENSION IF NOT EXISTS in the migration', e.extname) AS remedy
FROM pg_extension e JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
WHERE v.superuser AND NOT v.trusted
