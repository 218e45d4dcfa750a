-- Rows whose foreign key leads nowhere, although the constraint is said to hold.
SELECT 'foreign key ' || quote_ident(k.conname) || ' of ' || k.conrelid::regclass AS object,
       format('is violated by %s rows: it was disabled while they were written', n.orphans) AS evidence,
       format('find the rows without a parent in %s; fix them, or let the migration write with the key enabled', k.confrelid::regclass) AS remedy
FROM pg_constraint k
CROSS JOIN LATERAL (
    SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') AS filled,
           string_agg(format('p.%I = c.%I', f.attname, a.attname), ' AND ') AS joined
    FROM unnest(k.conkey, k.confkey) u (child, parent)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.child
    JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = u.parent) j
CROSS JOIN LATERAL (
    SELECT pg_temp.pgrehearse_value(format('SELECT count(*) FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)',
        k.conrelid::regclass, j.filled, k.confrelid::regclass, j.joined))::bigint AS orphans) n
WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0 AND k.conrelid >= 16384 AND n.orphans > 0
