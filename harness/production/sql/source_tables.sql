-- The tables whose rows a copy of this database has: OID, NAME, the OIDs of all that hold its rows
-- (itself, partitions, inheriting tables), and whether one of those is a foreign table. A partition
-- is read with the table that it is a part of.
WITH RECURSIVE
root AS (
    SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND c.oid >= 16384
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND d.deptype = 'e')),
member(root, oid) AS (
    SELECT oid, oid FROM root
    UNION SELECT m.root, i.inhrelid FROM member m JOIN pg_inherits i ON i.inhparent = m.oid)
SELECT r.oid, r.name, string_agg(c.oid::text, ' ') FILTER (WHERE c.relkind = 'r'), bool_or(c.relkind = 'f')
FROM root r JOIN member m ON m.root = r.oid JOIN pg_class c ON c.oid = m.oid
GROUP BY r.oid, r.name ORDER BY r.name COLLATE "C"
