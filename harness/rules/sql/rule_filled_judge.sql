-- $1: the columns of guarded tables after the upgrade; $2: after it where row security is off; $3: after
-- another run like the first. One sighting a table: rows that are too many or too few first.
WITH here AS (SELECT * FROM json_to_recordset($1::json) AS x (name text, part text, rows bigint, filled bigint, digest text)),
open AS (SELECT * FROM json_to_recordset($2::json) AS x (name text, part text, rows bigint, filled bigint, digest text)),
again AS (SELECT * FROM json_to_recordset($3::json) AS x (name text, part text, rows bigint, filled bigint, digest text))
SELECT DISTINCT ON (name) 'table ' || name,
       CASE WHEN h.rows <> o.rows
            THEN format('holds %s rows after the upgrade, and without row security it would hold %s: row security hid rows from the migrator', h.rows, o.rows)
            WHEN h.filled <> o.filled
            THEN format('has a value of %s in %s of its %s rows after the upgrade, and without row security it would have one in %s: row security hid rows from the migrator',
                        part, h.filled, h.rows, o.filled)
            ELSE format('has other values of %s after the upgrade than it would have without row security, which hid rows from the migrator', part) END,
       format('let the migration see every row: ALTER TABLE %s NO FORCE ROW LEVEL SECURITY during the work, or run it as a role with BYPASSRLS', name)
FROM here h JOIN open o USING (name, part) JOIN again a USING (name, part)
WHERE (h.rows, h.filled, h.digest) IS DISTINCT FROM (o.rows, o.filled, o.digest)
  AND (h.rows, h.filled, h.digest) IS NOT DISTINCT FROM (a.rows, a.filled, a.digest)
ORDER BY name, h.rows = o.rows, h.filled = o.filled, part
