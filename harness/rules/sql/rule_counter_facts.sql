-- Columns that count, by a sequence of their own, in tables into which others may insert: whether they may count.
SELECT c.oid::regclass::text AS name, s.oid::regclass::text AS sequence, quote_ident(r.rolname) AS role,
       has_sequence_privilege(r.oid, s.oid, 'USAGE, UPDATE') AS usable
FROM pg_class s JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'a' AND d.refobjsubid > 0
JOIN pg_attrdef f ON f.adrelid = d.refobjid AND f.adnum = d.refobjsubid
JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
CROSS JOIN LATERAL aclexplode(c.relacl) x JOIN pg_roles r ON r.oid = x.grantee AND NOT r.rolsuper
WHERE s.oid >= 16384 AND s.relkind = 'S' AND x.privilege_type = 'INSERT' AND x.grantee <> c.relowner
