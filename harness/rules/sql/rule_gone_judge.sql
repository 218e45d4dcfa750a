-- $1, $2: columns before and after. Names that the old release may use and that are gone; it has no need of partitions.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (oid oid, name text, word text, number integer, part text, type text, partition boolean)
           WHERE NOT partition),
a AS (SELECT * FROM json_to_recordset($2) AS x (oid oid, name text, word text, number integer, part text, type text)),
relation AS (SELECT DISTINCT oid, name, word FROM b),
gone AS (SELECT r.*, (SELECT min(a.name) FROM a WHERE a.oid = r.oid) AS now FROM relation r
         WHERE NOT EXISTS (SELECT FROM a WHERE a.name = r.name))
SELECT word || ' ' || name, CASE WHEN now IS NULL THEN 'is gone: a release that still uses it fails'
                                 ELSE format('is now called %s: a release that uses the old name fails', now) END,
       CASE WHEN now IS NULL THEN 'drop it once no running release uses it'
            ELSE format('keep a view with the old name until no running release uses it: CREATE VIEW %s AS SELECT * FROM %s', name, now) END
FROM gone
UNION ALL
SELECT format('column %s of %s', b.part, b.name),
       CASE WHEN n.part IS NULL THEN 'is gone: a release that still names it fails'
            ELSE format('is now called %s: a release that uses the old name fails', n.part) END,
       CASE WHEN n.part IS NULL THEN 'drop it once no running release names it'
            ELSE 'add the new column beside it, keep both in step, and drop the old one in a later migration' END
FROM b LEFT JOIN a n ON n.oid = b.oid AND n.number = b.number
WHERE NOT EXISTS (SELECT FROM a WHERE a.name = b.name AND a.part = b.part)
  AND EXISTS (SELECT FROM a WHERE a.name = b.name)
