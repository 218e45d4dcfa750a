-- What is granted by name in this database: ON what, TO which role (or PUBLIC), which RIGHTS. Objects of extensions and
-- the owners' own rights are left out.
WITH object (kind, name, owner, acl) AS (
    SELECT 'database', quote_ident(datname), datdba, datacl FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'schema', quote_ident(nspname), nspowner, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' ELSE 'table' END,
           format('%I.%I', n.nspname, c.relname), c.relowner, c.relacl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'column', format('%I.%I.%I', n.nspname, c.relname, a.attname), c.relowner, a.attacl
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'function', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, p.proacl
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'new ' || CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                          WHEN 'T' THEN 'types' ELSE 'schemas' END,
           'of ' || pg_get_userbyid(d.defaclrole) || coalesce(' in ' || quote_ident(n.nspname), ''), d.defaclrole, d.defaclacl
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace)
SELECT * FROM (
SELECT o.kind || ' ' || o.name AS "on", CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END AS "to",
       string_agg(x.privilege_type || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
                  ORDER BY x.privilege_type COLLATE "C") AS rights
FROM object o CROSS JOIN LATERAL aclexplode(o.acl) x
WHERE x.grantee <> o.owner
GROUP BY 1, 2) g
ORDER BY "on" COLLATE "C", "to" COLLATE "C"
