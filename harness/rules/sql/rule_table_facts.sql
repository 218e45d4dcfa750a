-- Tables: who owns them, who may do what, whether row security guards them.
SELECT c.oid::regclass::text AS name, quote_ident(n.nspname) AS space, quote_ident(pg_get_userbyid(c.relowner)) AS owner,
       c.relrowsecurity AS guarded,
       (SELECT json_agg(json_build_object('right', x.privilege_type, 'role', CASE x.grantee WHEN 0 THEN 'PUBLIC'
                        ELSE quote_ident(pg_get_userbyid(x.grantee)) END))
        FROM aclexplode(c.relacl) x
        WHERE x.grantee <> c.relowner AND x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')) AS rights
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
