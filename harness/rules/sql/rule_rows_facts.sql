-- A digest of the rows of every table, whatever their order.
SELECT c.oid::regclass::text AS name,
       pg_temp.pgrehearse_value(format('SELECT count(*) || '' '' || coalesce(md5(string_agg(d, '''' ORDER BY d)), '''')
           FROM (SELECT md5(t::text) FROM %s t) q (d)', c.oid::regclass)) AS digest
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
