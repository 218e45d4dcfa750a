-- What goes with another object by CASCADE: policies, triggers, foreign keys, checks, defaults, indexes. A row says what it is
-- (class, name), on which table, what it stands on (`other`, with its oid), and what would bring it back; other columns
-- of the same table are no such object. Rows without `name` are the objects that others may stand on.
WITH part AS MATERIALIZED (
    SELECT 'policy' AS class, 'pg_policy'::regclass AS catalog, p.oid, p.polrelid AS home, quote_ident(p.polname) AS name,
           format('CREATE POLICY %I ON %s%s%s', p.polname, p.polrelid::regclass,
                  ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS fix
    FROM pg_policy p
    UNION ALL
    SELECT 'trigger', 'pg_trigger'::regclass, t.oid, t.tgrelid, quote_ident(t.tgname), pg_get_triggerdef(t.oid)
    FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL
    SELECT CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'check' END, 'pg_constraint'::regclass, k.oid, k.conrelid, quote_ident(k.conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k WHERE k.contype IN ('f', 'c') AND k.conparentid = 0 AND k.conrelid >= 16384
    UNION ALL
    SELECT 'default', 'pg_attrdef'::regclass, d.oid, d.adrelid, quote_ident(a.attname),
           format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', d.adrelid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated = ''
    UNION ALL
    SELECT 'index', 'pg_class'::regclass, i.indexrelid, i.indrelid, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i WHERE i.indexrelid >= 16384 AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)),
thing AS MATERIALIZED (
    SELECT 'pg_proc'::regclass AS catalog, oid, 'function ' || oid::regprocedure AS name FROM pg_proc WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'i' THEN 'index ' WHEN 'I' THEN 'index ' ELSE 'table ' END || c.oid::regclass
    FROM pg_class c WHERE c.oid >= 16384 AND c.relkind IN ('S', 'i', 'I', 'r', 'p')
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 'type ' || format_type(t.oid, NULL) FROM pg_type t WHERE t.oid >= 16384 AND t.typtype IN ('e', 'd', 'r'))
SELECT p.class, p.name, p.home::regclass::text AS home, p.home AS home_oid, t.name AS other, t.oid AS other_oid, p.fix
FROM part p LEFT JOIN (pg_depend d JOIN thing t ON t.catalog = d.refclassid AND t.oid = d.refobjid AND d.deptype = 'n'
                       AND (t.catalog <> 'pg_class'::regclass OR d.refobjsubid = 0 OR t.name ~ '^sequence '))
    ON d.classid = p.catalog AND d.objid = p.oid AND t.oid <> p.home
UNION ALL
SELECT NULL, NULL, NULL, NULL, name, oid, NULL FROM thing
