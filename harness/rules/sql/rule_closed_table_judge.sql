-- $1, $2: tables before and after. A new table beside others that all belong to one role, that a role
-- may all read or write, or that row security all guards.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (name text)),
a AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS x (name text, space text, owner text, guarded boolean, rights json)),
sibling AS MATERIALIZED (SELECT a.* FROM a WHERE a.name IN (SELECT name FROM b)),
fresh AS MATERIALIZED (SELECT a.* FROM a WHERE a.name NOT IN (SELECT name FROM b)),
-- the migrator's own table of revisions is nobody else's
family AS (
    SELECT s.space, count(*) AS size, min(s.owner) AS owner, count(DISTINCT s.owner) AS owners, bool_and(s.guarded) AS guarded
    FROM sibling s WHERE s.rights IS NOT NULL OR NOT EXISTS (SELECT FROM sibling o WHERE o.space = s.space AND o.rights IS NOT NULL)
    GROUP BY s.space),
shared AS (
    SELECT s.space, r."right", r.role, count(*) AS number
    FROM sibling s, json_to_recordset(s.rights) AS r ("right" text, role text) GROUP BY 1, 2, 3),
lacking AS (
    SELECT f.name, h.role, string_agg(h."right", ', ' ORDER BY h."right") AS rights
    FROM fresh f JOIN family y ON y.space = f.space JOIN shared h ON h.space = f.space AND h.number >= y.size
    WHERE NOT EXISTS (SELECT FROM json_to_recordset(f.rights) AS r (role text) WHERE r.role = h.role)
      AND h.role <> f.owner
    GROUP BY f.name, h.role)
SELECT 'table ' || name,
       format('is closed to %s, to which every sibling table grants %s', role, rights),
       format('GRANT %s ON %s TO %s', rights, name, role)
FROM lacking
UNION ALL
SELECT 'table ' || f.name, format('belongs to %s, and every sibling table to %s', f.owner, y.owner),
       format('ALTER TABLE %s OWNER TO %s, or run the migration as %2$s, whose default privileges then apply', f.name, y.owner)
FROM fresh f JOIN family y ON y.space = f.space WHERE y.owners = 1 AND y.owner <> f.owner
UNION ALL
SELECT 'table ' || f.name, format('has no row security, but all %s sibling tables have', y.size),
       format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, with the policies of the others', f.name)
FROM fresh f JOIN family y ON y.space = f.space WHERE y.guarded AND y.size > 1 AND NOT f.guarded
