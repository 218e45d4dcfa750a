-- $1, $2: dates before and after. How many columns have other ones.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, part text, digest text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, part text, digest text))
SELECT count(*) FROM b FULL JOIN a USING (name, part) WHERE coalesce(b.digest, '0 0') <> coalesce(a.digest, '0 0')
