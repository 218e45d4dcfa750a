-- $1: the calls that were good before; on the database after the upgrade.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, part text, call text)),
-- only a name that has become more functions than it was can have become ambiguous
more AS (
    SELECT format('%I.%I', n.nspname, p.proname) AS part FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384 AND n.nspname !~ '^pg_'
    GROUP BY 1 HAVING count(*) > 1)
SELECT 'function ' || b.name,
       format('cannot be called as before: %s is ambiguous (42725)', min(substring(b.call FROM 8))),
       format('drop the old function in the same migration: DROP FUNCTION %s', b.name)
FROM b JOIN more USING (part)
WHERE pg_temp.pgrehearse_state('PREPARE pgrehearse_call AS ' || b.call) = '42725'
GROUP BY b.name
