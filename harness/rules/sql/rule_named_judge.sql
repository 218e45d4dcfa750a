-- $1, $2: what statements name, before and after; the database is that after. Names that the old release may use
-- and that are gone, while what they belong to is still there.
WITH b AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS x (what text, oid oid, name text, part text, condition text, needs json)),
a AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS x (what text, oid oid, name text, part text, condition text)),
lost AS MATERIALIZED (
    SELECT * FROM b WHERE NOT EXISTS (SELECT FROM a WHERE a.what = b.what AND a.name = b.name AND (a.what = 'sequence' OR a.part = b.part)
                                      AND (a.condition IS NULL OR a.condition = b.condition)))
SELECT 'table ' || name, format('has no unique key (%s)%s any more: INSERT … ON CONFLICT (%1$s)%2$s of a running release fails', part, ' WHERE ' || condition),
       'keep the old key beside the new one until no running release names its columns in ON CONFLICT'
FROM lost WHERE what = 'key' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(name) AND c.relkind IN ('r', 'p'))
  AND NOT EXISTS (SELECT FROM json_array_elements_text(needs) AS n (part) WHERE NOT EXISTS (
      SELECT FROM pg_attribute t WHERE t.attrelid = to_regclass(name) AND NOT t.attisdropped AND t.attnum > 0 AND t.attname = n.part))
UNION ALL
SELECT format('label %L of type %s', l.part, l.name),
       coalesce((SELECT format('is now called %L', a.part) FROM a WHERE a.what = 'label' AND a.oid = l.oid), 'is gone')
           || ': a release that still writes it, or asks for it, fails',
       'add the new label, and keep the old one until no running release uses it'
FROM lost l WHERE l.what = 'label' AND EXISTS (SELECT FROM a WHERE a.what = 'label' AND a.name = l.name)
UNION ALL
SELECT 'function ' || name, 'is gone: a release that still calls it fails', 'drop it once no running release calls it'
FROM lost WHERE what = 'function'
UNION ALL
SELECT 'sequence ' || l.name,
       coalesce((SELECT 'is now called ' || a.name FROM a WHERE a.what = 'sequence' AND a.oid = l.oid), 'is gone')
           || ': a release that calls nextval() on it by name fails',
       'keep the name of the sequence until no running release uses it'
FROM lost l WHERE l.what = 'sequence'
  AND (l.part = '' OR EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = to_regclass(regexp_replace(l.part, '[.]("[^"]*"|[^.]*)$', ''))
                              AND NOT t.attisdropped AND quote_ident(t.attname) = substring(l.part FROM '("[^"]*"|[^.]*)$')))
