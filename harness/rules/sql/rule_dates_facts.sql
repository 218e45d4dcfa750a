-- A digest of the values of every column that holds dates, whatever their order, except for the tables $1.
-- Those about now are left out: they differ from run to run. What it adds up are sixty bits of each
-- value's: no sort of a large table.
SELECT c.oid::regclass::text AS name, quote_ident(a.attname) AS part,
       pg_temp.pgrehearse_value(format(
           'SELECT count(*) || '' '' || coalesce(sum((''x'' || left(md5(v), 15))::bit(60)::bigint::numeric), 0)
            FROM (SELECT %I::text FROM %s) t (v) WHERE left(v, 10) NOT IN
                (to_char(now() - interval ''1 day'', ''YYYY-MM-DD''), to_char(now(), ''YYYY-MM-DD''),
                 to_char(now() + interval ''1 day'', ''YYYY-MM-DD''))', a.attname, c.oid::regclass)) AS digest
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid AND t.typcategory = 'D'
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT (c.oid::regclass::text = ANY ($1) OR c.relname = ANY ($1))
