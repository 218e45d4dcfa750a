-- Tables and how many rows they have, up to a million; what may have to be checked against each row.
WITH old AS (
    SELECT c.oid, c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
SELECT 'table' AS what, oid, name, NULL AS part, NULL AS other, NULL::json AS columns, false AS valid,
       CASE WHEN (SELECT relkind = 'm' AND NOT relispopulated FROM pg_class c WHERE c.oid = old.oid) THEN 0
            ELSE pg_temp.pgrehearse_value(format('SELECT count(*) FROM (SELECT FROM %s LIMIT 1000000) q', name))::bigint END AS rows
FROM old
UNION ALL
SELECT CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'check' END, o.oid, o.name, quote_ident(k.conname),
       CASE WHEN k.contype = 'f' THEN k.confrelid::regclass::text END,
       (SELECT json_agg(quote_ident(a.attname)) FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)),
       k.convalidated, NULL
FROM pg_constraint k JOIN old o ON o.oid = k.conrelid WHERE k.contype IN ('c', 'f') AND k.conparentid = 0
UNION ALL
SELECT 'partition', o.oid, o.name, CASE pg_get_expr(c.relpartbound, c.oid) WHEN 'DEFAULT' THEN 'default' ELSE '' END,
       i.inhparent::regclass::text, NULL, NULL, NULL
FROM pg_inherits i JOIN old o ON o.oid = i.inhrelid JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
UNION ALL
SELECT 'not null', o.oid, o.name, quote_ident(a.attname), NULL, NULL, true, NULL
FROM pg_attribute a JOIN old o ON o.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
UNION ALL
SELECT CASE WHEN a.attisdropped THEN 'gone' ELSE 'column' END, o.oid, o.name, quote_ident(a.attname), concat_ws(' ', a.attnum,
           CASE WHEN NOT a.attisdropped THEN concat_ws(' ', a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, quote_ident(a.attname)) END),
       NULL, a.atthasdef, NULL
FROM pg_attribute a JOIN old o ON o.oid = a.attrelid WHERE a.attnum > 0
UNION ALL -- "other" is its file, which stays when the index is only renamed or taken over
SELECT 'index', o.oid, o.name, quote_ident(c.relname), c.relfilenode::text, NULL,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u')), NULL
FROM pg_index i JOIN old o ON o.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT c.relispartition AND NOT i.indisexclusion
