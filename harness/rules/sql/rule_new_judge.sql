-- $1, $2: what there was to complain of before and after.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (object text, evidence text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (object text, evidence text, remedy text, level text))
SELECT a.object, a.evidence, a.remedy, a.level FROM a
WHERE NOT EXISTS (SELECT FROM b WHERE b.object = a.object AND b.evidence = a.evidence)
