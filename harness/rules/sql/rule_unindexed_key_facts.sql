SELECT 'foreign key ' || quote_ident(k.conname) || ' of ' || k.conrelid::regclass AS object,
       format('has no index on (%s): every DELETE from %s reads the whole table', c.columns, k.confrelid::regclass) AS evidence,
       format('CREATE INDEX CONCURRENTLY ON %s (%s)', k.conrelid::regclass, c.columns) AS remedy
FROM pg_constraint k
CROSS JOIN LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.n) AS columns
                    FROM unnest(k.conkey) WITH ORDINALITY u (number, n)
                    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) c
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid >= 16384
  AND NOT EXISTS (
      SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
         AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
