-- $1, $2: sequences before and after. The next value is one that a row has already, or comes to one.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, part text, highest numeric, next numeric)),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, part text, sequence text, "only" boolean, highest numeric, next numeric, step bigint))
SELECT 'table ' || a.name,
       format('has %s up to %s, but %s continues with %s', a.part, a.highest, a.sequence, a.next),
       format('SELECT setval(%L, (SELECT max(%s) FROM %s))', a.sequence, a.part, a.name)
FROM a LEFT JOIN b ON b.name = a.name AND b.part = a.part
WHERE a."only" AND a.step > 0 AND a.highest >= a.next AND NOT coalesce(b.highest >= b.next, false)
