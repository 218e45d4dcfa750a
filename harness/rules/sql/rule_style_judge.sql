-- Digests of dates: $1 at the baseline; $2 at the target, $3 back again; $4, $5 the same with the
-- DateStyle $6, $7, $8 once more with that of here, $9. What differs without cause says nothing.
WITH digests AS (
    SELECT q.moment, x.* FROM (VALUES ('was', $1::json), ('up', $2), ('down', $3), ('up there', $4), ('down there', $5), ('up again', $7),
        ('down again', $8)) q (moment, facts), json_to_recordset(q.facts) AS x (name text, part text, digest text)
), seen AS (
    SELECT h.name, h.part, h.moment = 'down' AS is_down
    FROM digests h JOIN digests t USING (name, part) JOIN digests g USING (name, part)
    WHERE t.moment = h.moment || ' there' AND g.moment = h.moment || ' again' AND h.moment IN ('up', 'down')
      AND g.digest = h.digest AND t.digest <> h.digest
)
SELECT format('column %s of %s', part, name),
       format('gets other dates from the %s where DateStyle is %s than where it is %s', CASE WHEN bool_or(NOT is_down) THEN 'upgrade' ELSE 'rollback' END,
              $6::text, $9::text),
       'read the text by a format: to_date(…, ''DD/MM/YYYY''), not by a cast'
FROM seen GROUP BY name, part
