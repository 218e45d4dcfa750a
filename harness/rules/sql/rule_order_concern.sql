-- $1, $2: digests before and after. The columns whose values the migration has made or chosen, as JSON; where it made keys
-- that count, whole numbers may be such keys: they go by the order of the rows, and nobody minds.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (name text, part text, rows bigint, loose text)),
a AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS x (name text, part text, integral boolean, counted boolean, in_key boolean, rows bigint,
                   varied boolean, loose text)),
changed AS MATERIALIZED (
    SELECT a.*, b.name IS NULL OR a.rows > b.rows AS has_more FROM a LEFT JOIN b USING (name, part)
    WHERE a.rows > 0 AND CASE WHEN b.name IS NULL THEN a.varied ELSE a.loose <> b.loose END),
made AS MATERIALIZED (SELECT * FROM changed WHERE counted AND has_more)
SELECT coalesce(json_agg(json_build_object('name', name, 'part', part, 'new_keys', EXISTS (SELECT FROM made m WHERE m.name = c.name))), '[]')
FROM changed c WHERE NOT counted AND NOT (integral AND EXISTS (SELECT FROM made))
