-- What the role that asks lacks for a task, a row each: the property, its shortcoming ('' for none), and the remedy.
-- $1: whether it has to change the schema, and not only to read everything.
WITH objects AS (
    SELECT c.oid, c.relkind, c.relowner, c.relrowsecurity, format('%I.%I', n.nspname, c.relname) AS name,
           has_schema_privilege(n.oid, 'USAGE')
               AND CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'SELECT') ELSE has_table_privilege(c.oid, 'SELECT') END AS readable,
           EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') AS of_extension
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S', 'm') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
), lacks AS (
    SELECT 1 AS number, 'right to read' AS property, 'read' AS verb, name, format('GRANT pg_read_all_data TO %I', current_user) AS remedy
    FROM objects WHERE NOT readable
    UNION ALL
    SELECT 2, 'all rows', 'see every row of', name, format('ALTER ROLE %I BYPASSRLS', current_user)
    FROM objects WHERE relrowsecurity AND row_security_active(oid)
    UNION ALL
    SELECT 3, 'right to change', 'change', name, format('GRANT %I TO %I', pg_get_userbyid(relowner), current_user)
    FROM objects WHERE $1::boolean AND NOT of_extension AND NOT pg_has_role(relowner, 'MEMBER')
), summed AS (
    SELECT property, format('role %I cannot %s %s (%s%s)', current_user, min(verb), count(*) || ' tables or sequences',
                            array_to_string((array_agg(name ORDER BY name))[1:3], ', '), CASE WHEN count(*) > 3 THEN ', …' ELSE '' END) AS shortcoming,
           string_agg(DISTINCT remedy, '; ') AS remedy
    FROM lacks GROUP BY property
)
SELECT p.property, coalesce(s.shortcoming, ''), coalesce(s.remedy, '')
FROM (VALUES (1, 'right to read'), (2, 'all rows'), (3, 'right to change')) AS p (number, property) LEFT JOIN summed s USING (property)
WHERE p.number < 3 OR $1::boolean
ORDER BY p.number
