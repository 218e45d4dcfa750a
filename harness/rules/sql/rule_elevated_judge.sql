-- $1, $2: roles with such rights before and after.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (sort text, object text, rights text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (sort text, object text, rights text))
SELECT a.object, 'has the right ' || a.rights || ', which it had not', NULL
FROM a WHERE a.sort = 'role' AND NOT EXISTS (SELECT FROM b WHERE b.object = a.object AND b.rights = a.rights)
