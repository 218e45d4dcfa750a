-- What plpgsql_check says of every function in PL/pgSQL, of triggers for each of their tables. Inside
-- a spell, in which the extension was made. `message` is null where it says nothing. `dispatches`: it is
-- about a row that the trigger may not have, in a function that asks which trigger it runs for.
SELECT p.oid::regprocedure::text AS name, md5(p.prosrc) AS body,
       CASE WHEN c.message IS NOT NULL THEN format('line %s: %s (%s)', c.lineno, c.message, c.sqlstate) END AS message,
       c.message ~ '^record "(old|new)" has no field' AND p.prosrc ~* '\mTG_(OP|LEVEL|RELID|TABLE_NAME|TABLE_SCHEMA|NAME|WHEN|NARGS|ARGV)\M' AS dispatches
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
LEFT JOIN LATERAL (SELECT DISTINCT t.tgrelid, t.tgoldtable, t.tgnewtable FROM pg_trigger t WHERE t.tgfoid = p.oid) t ON true
LEFT JOIN LATERAL plpgsql_check_function_tb(p.oid::regprocedure, coalesce(t.tgrelid, 0)::regclass, fatal_errors => false,
                                       oldtable => t.tgoldtable, newtable => t.tgnewtable) c ON c.level = 'error'
WHERE p.oid >= 16384 AND n.nspname !~ '^pg_'
  AND (p.prorettype NOT IN ('trigger'::regtype) OR t.tgrelid IS NOT NULL)
  AND p.prorettype <> 'event_trigger'::regtype
  -- FOREACH … SLICE over a polymorphic array makes plpgsql_check 2.3 crash the server
  AND NOT EXISTS (SELECT FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) a (type)
                  JOIN pg_type y ON y.oid = a.type WHERE y.typtype = 'p')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
