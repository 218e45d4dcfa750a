-- $1, $2: sequences before and after. A column was widened, and its sequence was not.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, part text, sequence text, seqmax numeric, reach numeric)),
a AS (SELECT * FROM json_to_recordset($2) AS x (name text, part text, sequence text, seqmax numeric, reach numeric,
                                                sequence_type text, column_type text))
SELECT 'sequence ' || a.sequence,
       format('ends at %s, and %s of %s is %s', a.seqmax, a.part, a.name, a.column_type),
       format('ALTER SEQUENCE %s AS %s', a.sequence, a.column_type)
FROM a LEFT JOIN b ON b.name = a.name AND b.part = a.part
WHERE a.seqmax < a.reach AND NOT coalesce(b.seqmax < b.reach, false)
  -- a bound that was set by hand is meant
  AND a.seqmax IN (2147483647, 32767)
