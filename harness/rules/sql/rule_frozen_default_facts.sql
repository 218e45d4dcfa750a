-- Defaults that are a constant moment, and how far it is from now.
SELECT 'column ' || quote_ident(a.attname) || ' of ' || d.adrelid::regclass AS object,
       format('has a constant default, the moment of the migration: %s', x.expression) AS evidence,
       format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', d.adrelid::regclass, a.attname,
              CASE a.atttypid WHEN 'date'::regtype THEN 'CURRENT_DATE' ELSE 'CURRENT_TIMESTAMP' END) AS remedy
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated = ''
CROSS JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS expression) x
WHERE d.adrelid >= 16384
  AND x.expression ~ '^''[^'']*''::(timestamp(\(\d\))? with(out)? time zone|date)$'
  AND abs(pg_temp.pgrehearse_value(format('SELECT extract(epoch FROM (%s)::timestamptz - now())', x.expression))::numeric) <
      CASE a.atttypid WHEN 'date'::regtype THEN 90000 ELSE 54000 END
