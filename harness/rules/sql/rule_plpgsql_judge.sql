-- $1, $2: functions in PL/pgSQL before and after, with what is wrong with them. A function that asks
-- which trigger it runs for is blamed for a missing row only if it was the same and right before.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, body text, message text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, body text, message text, dispatches boolean))
SELECT 'function ' || a.name,
       CASE WHEN was.there THEN 'no longer fits' ELSE 'does not fit' END || ' the schema: ' || min(a.message),
       format(CASE WHEN was.there THEN 'replace' ELSE 'correct' END || ' function %s in the same migration', a.name)
FROM a
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM b WHERE b.name = a.name) AS there,
                           EXISTS (SELECT FROM b WHERE b.name = a.name AND b.body = a.body) AS same) AS was
WHERE a.message IS NOT NULL
  AND NOT EXISTS (SELECT FROM b WHERE b.name = a.name AND b.message IS NOT NULL)
  AND (was.same OR NOT a.dispatches)
GROUP BY a.name, was.there
