-- $1: rows at the baseline; $2: after the way up and down; $3: after the same in the time zone $4; $5: that of here.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (name text, digest text)),
here AS (SELECT * FROM json_to_recordset($2) AS x (name text, digest text)),
there AS (SELECT * FROM json_to_recordset($3) AS x (name text, digest text))
SELECT 'table ' || b.name,
       format('comes back from the rollback with other values where the time zone is %s, but unchanged where it is %s',
              CASE WHEN here.digest = b.digest THEN $4::text ELSE $5::text END,
              CASE WHEN here.digest = b.digest THEN $5::text ELSE $4::text END),
       'name the zone in both directions: … AT TIME ZONE ''UTC'', up and down'
FROM b JOIN here USING (name) JOIN there USING (name)
WHERE (here.digest = b.digest) <> (there.digest = b.digest)
