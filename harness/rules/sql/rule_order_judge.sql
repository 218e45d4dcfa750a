-- $1: the columns of concern; digests at the target: $2 here, $3 where the rows lay in another order, $4 once more as here.
-- What differs without cause says nothing.
WITH q AS (SELECT * FROM json_to_recordset($1) AS x (name text, part text, new_keys boolean)),
h AS (SELECT * FROM json_to_recordset($2) AS x (name text, part text, has_key boolean, in_key boolean, rows bigint, loose text, keyed text, placed text)),
t AS (SELECT * FROM json_to_recordset($3) AS x (name text, part text, rows bigint, loose text, keyed text)),
g AS (SELECT * FROM json_to_recordset($4) AS x (name text, part text, keyed text, placed text)),
seen AS (
    SELECT q.name, q.part, h.rows <> t.rows AS other_rows
    FROM q JOIN h USING (name, part) JOIN t USING (name, part) JOIN g USING (name, part)
    -- writes that were tried before have moved the places of rows that were there
    WHERE CASE WHEN h.has_key THEN g.keyed = h.keyed ELSE g.placed = h.placed END
      AND CASE WHEN h.has_key AND NOT q.new_keys AND NOT h.in_key THEN t.keyed <> h.keyed ELSE t.loose <> h.loose END)
SELECT CASE WHEN count(*) = 1 THEN format('column %s of %s', min(part), name) ELSE format('columns %s of %s', string_agg(part, ', ' ORDER BY part), name) END,
       format('%s from the upgrade where the rows are stored in another order: %s',
              CASE WHEN count(*) = 1 THEN 'gets other values' ELSE 'get other values' END,
              CASE WHEN bool_or(other_rows) THEN 'how many rows there are depends on it' ELSE 'which of several rows counts is left to chance' END),
       'say which row counts: ORDER BY what no two rows share, or an aggregate such as max()'
FROM seen GROUP BY name
