-- $1, $2: functions that do not fit, before and after.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, message text))
SELECT 'function ' || a.name, 'no longer fits the schema: ' || min(a.message),
       format('replace function %s in the same migration', a.name)
FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.name = a.name)
GROUP BY a.name
