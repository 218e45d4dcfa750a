-- $1, $2: what a restore evaluates, before and after. A row if it does, and does so otherwise than before.
SELECT 'the database', 'evaluates other functions when it is restored', NULL
WHERE EXISTS (SELECT FROM json_to_recordset($2) AS x (what text, def text) WHERE what = 'use' AND def IS NOT NULL)
  AND EXISTS (SELECT * FROM json_to_recordset($2) AS x (what text, def text) WHERE def IS NOT NULL
              EXCEPT SELECT * FROM json_to_recordset($1) AS x (what text, def text))
