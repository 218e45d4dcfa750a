-- What bounds the rows of each table: types and NOT NULL of its columns, unique keys, labels of enums.
SELECT 'column' AS what, c.oid::text AS id, c.oid::regclass::text AS name, quote_ident(a.attname) AS part,
       format_type(a.atttypid, a.atttypmod) AS def, a.attnotnull AS required, a.attgenerated <> '' OR a.attidentity = 'a' AS computed
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
UNION ALL
SELECT 'unique', NULL, i.indrelid::regclass::text,
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a
        WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)), NULL, NULL, NULL
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
WHERE i.indrelid >= 16384 AND i.indisunique AND i.indexprs IS NULL AND i.indpred IS NULL
UNION ALL
SELECT 'label', NULL, format_type(e.enumtypid, NULL), e.enumlabel, NULL, NULL, NULL FROM pg_enum e WHERE e.enumtypid >= 16384
