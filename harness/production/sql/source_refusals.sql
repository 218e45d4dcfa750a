-- What keeps the role that asks from dumping this database: 'read' what it may not read, 'rows' that are hidden from
-- it, '' neither.
WITH dumped AS (
    SELECT c.oid, c.relrowsecurity, has_schema_privilege(c.relnamespace, 'USAGE') AND CASE c.relkind
               WHEN 'S' THEN has_sequence_privilege(c.oid, 'SELECT') ELSE has_table_privilege(c.oid, 'SELECT') END AS readable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
)
SELECT CASE WHEN EXISTS (SELECT FROM dumped WHERE NOT readable) THEN 'read'
            WHEN EXISTS (SELECT FROM dumped WHERE relrowsecurity AND row_security_active(oid)) THEN 'rows' ELSE '' END
