-- $1, $2: tables before and after. What was there before is tried instead.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (object text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (object text, evidence text, remedy text))
SELECT a.object, a.evidence, a.remedy FROM a WHERE a.evidence IS NOT NULL AND NOT EXISTS (SELECT FROM b WHERE b.object = a.object)
