-- $1, $2: what there was at the baseline, what there is after the rollback to it. A migrator's own table
-- is made with the first revision of all, and stays.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (object text, whose text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (object text, whose text))
SELECT a.object, 'was not there at the baseline and is left behind by the rollback', 'drop it in the downgrade'
FROM a
WHERE NOT EXISTS (SELECT FROM b WHERE b.object = a.object)
  AND (a.whose IS NULL OR EXISTS (SELECT FROM b WHERE b.object = 'table ' || a.whose))
  AND (a.object !~ '^table ' OR EXISTS (SELECT FROM b WHERE b.object ~ '^table '))
