-- $1: rows at the baseline; $2: after the way up and down; $3: after the same in the time zone $4; $5: that of here;
-- $6, $7: the columns before and after the upgrade; $8, $9: their dates at the target, here and there.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, digest text)),
here AS (SELECT * FROM json_to_recordset($2) AS x (name text, digest text)),
there AS (SELECT * FROM json_to_recordset($3) AS x (name text, digest text)),
shifted AS (
SELECT b.name,
       format('comes back from the rollback with other values where the time zone is %s, but unchanged where it is %s',
              CASE WHEN here.digest = b.digest THEN $4::text ELSE $5::text END,
              CASE WHEN here.digest = b.digest THEN $5::text ELSE $4::text END) AS evidence
FROM b JOIN here USING (name) JOIN there USING (name)
WHERE (here.digest = b.digest) <> (there.digest = b.digest)),
retyped AS (
    SELECT w.name, w.part FROM json_to_recordset($6) AS w (name text, part text, type text)
    JOIN json_to_recordset($7) AS n (name text, part text, type text) USING (name, part) WHERE w.type <> n.type)
SELECT 'table ' || name, evidence, 'name the zone in both directions: … AT TIME ZONE ''UTC'', up and down', NULL AS level FROM shifted
UNION ALL
SELECT format('column %s of %s', part, name),
       format('holds other moments after the upgrade where the time zone is %s than where it is %s', $4::text, $5::text),
       format('name the zone that the values are in: ALTER COLUMN %s TYPE … USING %1$s AT TIME ZONE ''UTC''', part), 'warning'
FROM json_to_recordset($8) AS h (name text, part text, digest text) JOIN json_to_recordset($9) AS t (name text, part text, digest text) USING (name, part)
JOIN retyped USING (name, part)
WHERE h.digest <> t.digest AND name NOT IN (SELECT name FROM shifted)
