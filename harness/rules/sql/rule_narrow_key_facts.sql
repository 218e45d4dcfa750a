-- Columns of foreign keys that cannot hold every value of the column that they refer to.
SELECT 'column ' || quote_ident(a.attname) || ' of ' || k.conrelid::regclass AS object,
       format('is %s and refers to %s of %s, which is %s: it cannot hold every key', format_type(a.atttypid, NULL), quote_ident(f.attname),
              k.confrelid::regclass, format_type(f.atttypid, NULL)) AS evidence,
       format('widen it, too, before the keys get there: ALTER TABLE %s ALTER COLUMN %I TYPE %s', k.conrelid::regclass, a.attname,
              format_type(f.atttypid, NULL)) AS remedy
FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey, k.confkey) u (own, other)
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = u.other
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid >= 16384
  AND (a.atttypid, f.atttypid) IN (('int2'::regtype, 'int4'::regtype), ('int2'::regtype, 'int8'::regtype), ('int4'::regtype, 'int8'::regtype))
