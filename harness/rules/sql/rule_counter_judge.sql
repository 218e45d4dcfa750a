-- $1, $2: columns that count, before and after. A new one that a role cannot fill, though it can fill all others.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, sequence text, role text, usable boolean)),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, sequence text, role text, usable boolean))
SELECT 'table ' || name, format('lets %s insert, but not count with its sequence %s: an INSERT that leaves the column to its default fails', role, sequence),
       format('GRANT USAGE ON SEQUENCE %s TO %s', sequence, role)
FROM a
WHERE NOT usable AND NOT EXISTS (SELECT FROM b WHERE b.sequence = a.sequence AND b.role = a.role)
  AND (SELECT coalesce(bool_and(b.usable), false) FROM b WHERE b.role = a.role)
