-- How the rows of the tables $1 (an array of names as SQL writes them; without a schema: of
-- `public`) come back into these tables in one transaction, as their owner may do it: PHASE, SCHEMA
-- and NAME or STATEMENT, in order.
--
--   missing   no such table
--   table     has rows of its own, partitions and inheriting tables included
--   sequence  belongs to a column of one of them
--   before    to be run ahead of the rows: nobody else writes, the tables are empty, no trigger
--             changes what comes, foreign keys among them wait for the end
--   after     what makes all of it as it was; a row whose parent is not there fails in it
WITH RECURSIVE
given AS (
    SELECT n AS name, to_regclass(CASE cardinality(parse_ident(n)) WHEN 1 THEN 'public.' || n ELSE n END)::oid AS oid
    FROM unnest($1::text[]) n),
member(oid) AS (
    SELECT oid FROM given WHERE oid IS NOT NULL
    UNION SELECT i.inhrelid FROM member m JOIN pg_inherits i ON i.inhparent = m.oid),
relation AS (
    SELECT c.oid, c.relkind, n.nspname AS space, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS sql
    FROM member m JOIN pg_class c ON c.oid = m.oid JOIN pg_namespace n ON n.oid = c.relnamespace),
-- a child's constraint follows that of its parent
fkey AS (
    SELECT r.sql, c.* FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid
    WHERE c.contype = 'f' AND c.convalidated AND NOT c.condeferrable AND c.conparentid = 0
      AND c.confrelid IN (SELECT oid FROM member)),
-- rows that break a constraint that was never validated come back too
unproven AS (
    SELECT r.sql, c.oid, c.conname, c.contype, pg_get_constraintdef(c.oid) AS definition
    FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid
    WHERE c.contype IN ('c', 'f') AND NOT c.convalidated AND c.conparentid = 0 AND c.coninhcount = 0),
firing AS (
    SELECT r.sql, t.tgname, t.tgenabled FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'),
line(place, phase, schema, name) AS (
    SELECT 0, 'missing', NULL, name FROM given WHERE oid IS NULL
    UNION ALL SELECT 0, 'table', space, name FROM relation WHERE relkind = 'r'
    UNION ALL
    SELECT 0, 'sequence', n.nspname, s.relname
    FROM relation r JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
      AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
    UNION ALL
    SELECT 1, 'before', NULL, format('LOCK TABLE ONLY %s IN SHARE ROW EXCLUSIVE MODE', sql) FROM relation
    UNION ALL
    SELECT 2, 'before', NULL, format(
        'DO $pgrehearse$BEGIN IF EXISTS (SELECT FROM ONLY %s) THEN RAISE EXCEPTION %L; END IF; END$pgrehearse$',
        sql, replace(format('table %s has rows already: nothing is restored', sql), '%', '%%'))
    FROM relation WHERE relkind = 'r'
    UNION ALL
    SELECT 3, 'before', NULL, format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', sql, tgname) FROM firing
    UNION ALL SELECT 4, 'before', NULL, format('ALTER TABLE %s DROP CONSTRAINT %I', sql, conname) FROM unproven
    UNION ALL
    SELECT 5, 'before', NULL, format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', sql, conname)
    FROM fkey
    UNION ALL SELECT 6, 'before', NULL, 'SET CONSTRAINTS ALL DEFERRED'
    UNION ALL SELECT 7, 'after', NULL, 'SET CONSTRAINTS ALL IMMEDIATE'
    UNION ALL
    SELECT 8, 'after', NULL, format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', sql, conname) FROM fkey
    UNION ALL
    SELECT 9, 'after', NULL, format('ALTER TABLE %s ADD CONSTRAINT %I %s', sql, conname, definition) FROM unproven
    UNION ALL
    SELECT 10, 'after', NULL, format('COMMENT ON CONSTRAINT %I ON %s IS %L', u.conname, u.sql, d.description)
    FROM unproven u JOIN pg_description d ON d.objoid = u.oid AND d.classoid = 'pg_constraint'::regclass
    UNION ALL
    SELECT 11, 'after', NULL, format('ALTER TABLE ONLY %s ENABLE %s TRIGGER %I', sql,
        CASE tgenabled WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' ELSE '' END, tgname)
    FROM firing)
SELECT phase, schema, name FROM line ORDER BY place, schema, name
