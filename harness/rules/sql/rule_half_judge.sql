-- $1, $2: what there was to complain of before and after, and which tables there were.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (object text, evidence text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (object text, evidence text, remedy text, chosen boolean))
SELECT a.object, a.evidence, a.remedy FROM a
WHERE a.evidence IS NOT NULL AND NOT EXISTS (SELECT FROM b WHERE b.object = a.object AND b.evidence = a.evidence)
  AND (NOT a.chosen OR EXISTS (SELECT FROM b WHERE b.object = a.object AND b.evidence IS NULL))
