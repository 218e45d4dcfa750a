-- Calls of functions, with every number of arguments that they take: with values of their own types,
-- and with literals of no type.
SELECT p.oid::regprocedure::text AS name, format('%I.%I', n.nspname, p.proname) AS part, t.call
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL generate_series((p.pronargs - p.pronargdefaults)::integer, p.pronargs::integer) AS taken (number)
CROSS JOIN LATERAL (
    SELECT string_agg('NULL::' || format_type(p.proargtypes[i - 1], NULL), ', ' ORDER BY i) AS typed,
           string_agg('NULL', ', ') AS untyped
    FROM generate_series(1, taken.number) i) v
CROSS JOIN LATERAL (VALUES (format('SELECT %I.%I(%s)', n.nspname, p.proname, v.typed)),
                           (format('SELECT %I.%I(%s)', n.nspname, p.proname, v.untyped))) t (call)
WHERE p.oid >= 16384 AND p.prokind = 'f' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND p.provariadic = 0
  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  AND pg_temp.pgrehearse_state('PREPARE pgrehearse_call AS ' || t.call) IS NULL
