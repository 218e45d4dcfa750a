-- Roles with rights beyond those of any database, and replication slots. $1: whether the server is ours;
-- on another one only roles that have to do with this database, and its own slots.
SELECT 'role' AS sort, 'role ' || quote_ident(r.rolname) AS object,
       concat_ws(', ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
                 CASE WHEN r.rolreplication THEN 'REPLICATION' END) AS rights
FROM pg_roles r
WHERE r.oid >= 16384 AND (r.rolsuper OR r.rolbypassrls OR r.rolreplication)
  AND ($1::boolean OR EXISTS (SELECT FROM pg_shdepend d JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()
                              WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid))
UNION ALL
SELECT 'slot', 'replication slot ' || quote_ident(slot_name), ''
FROM pg_replication_slots
WHERE NOT temporary AND (database = current_database() OR ($1::boolean AND database IS NULL))
