-- The tables with rows that row security guards.
SELECT c.oid::regclass::text AS name FROM pg_class c
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND c.relrowsecurity
  AND pg_temp.pgrehearse_value(format('SELECT EXISTS (SELECT FROM %s)', c.oid::regclass)) IN ('t', 'true')
