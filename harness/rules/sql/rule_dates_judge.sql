-- $1, $2: columns before and after. How many dates and times of tables that stay are of another type,
-- new or gone.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, word text, part text, type text, partition boolean)
           WHERE NOT partition),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, word text, part text, type text, partition boolean)
      WHERE NOT partition)
SELECT count(*) FROM b FULL JOIN a ON a.name = b.name AND a.part = b.part
WHERE coalesce(b.name, a.name) IN (SELECT name FROM b INTERSECT SELECT name FROM a)
  AND b.type IS DISTINCT FROM a.type AND (b.type ~ '^(timestamp|date|time)' OR a.type ~ '^(timestamp|date|time)')
