-- The number of rows of every table.
SELECT c.oid::regclass::text AS name, pg_temp.pgrehearse_value(format('SELECT count(*) FROM %s', c.oid::regclass))::bigint AS rows
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
