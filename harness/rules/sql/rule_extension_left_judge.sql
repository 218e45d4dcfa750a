-- $1, $2: the extensions at the baseline, and after the rollback to it.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (object text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (object text))
SELECT a.object, 'was not there at the baseline and is left behind by the rollback', NULL
FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.object = a.object)
