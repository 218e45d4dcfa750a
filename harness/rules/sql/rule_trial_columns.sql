-- What a trial is judged by: columns, and what may refuse a row.
SELECT 'column' AS what, c.oid::regclass::text AS name, quote_ident(a.attname) AS part,
       a.attgenerated <> '' OR a.attidentity = 'a' AS computed, a.atthasdef OR a.attidentity <> '' AS defaulted, format_type(a.atttypid, a.atttypmod) AS def
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', k.conrelid::regclass::text, k.conname, NULL, NULL, pg_get_constraintdef(k.oid)
FROM pg_constraint k WHERE k.conrelid >= 16384 AND k.contype IN ('c', 'f', 'x')
UNION ALL
SELECT 'constraint', i.indrelid::regclass::text, x.relname, NULL,
       -- part of it comes from a default
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND (a.atthasdef OR a.attidentity <> '')),
       'unique'
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid >= 16384 AND i.indisunique
UNION ALL
SELECT 'partition', i.inhparent::regclass::text, i.inhrelid::text, NULL, NULL, NULL FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
