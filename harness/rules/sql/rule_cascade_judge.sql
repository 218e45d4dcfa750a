-- $1, $2: facts before and after. What stood on an object that was made anew, and went with it, while its own table stayed. Where the
-- table has something new of the same class, that may stand in its place.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (class text, name text, home text, home_oid oid, other text, other_oid oid, fix text)),
a AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS x (class text, name text, home text, home_oid oid, other text, other_oid oid)),
renewed AS MATERIALIZED (
    SELECT b.other FROM b JOIN a USING (other) WHERE b.name IS NULL AND a.name IS NULL AND a.other_oid <> b.other_oid),
lost AS (
    SELECT DISTINCT b.class, b.name, b.home, b.other, b.fix FROM b
    WHERE b.name IS NOT NULL AND b.other IN (SELECT other FROM renewed)
      AND NOT EXISTS (SELECT FROM a WHERE a.class = b.class AND a.home_oid = b.home_oid AND a.name = b.name)
      AND EXISTS (SELECT FROM pg_class c WHERE c.oid = b.home_oid)
      AND NOT EXISTS (SELECT FROM a WHERE a.class = b.class AND a.home_oid = b.home_oid AND a.class <> 'default'
                      AND NOT EXISTS (SELECT FROM b o WHERE o.class = a.class AND o.home_oid = a.home_oid AND o.name = a.name))
      AND (b.class <> 'default' OR EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = b.home_oid AND NOT t.attisdropped AND NOT t.atthasdef AND t.attidentity = ''
                                               AND quote_ident(t.attname) = b.name)))
SELECT 'table ' || home, format('has lost %s: %s was dropped with CASCADE and came back', string_agg(DISTINCT class || ' ' || name, ', '),
                                string_agg(DISTINCT other, ', ')),
       'bring back what fell with it: ' || string_agg(DISTINCT fix, '; ')
FROM lost GROUP BY home
