-- What production's server has set and a migration can feel: the STATEMENT that sets it here, the NAME of the setting. A
-- name without a statement cannot be set here. $1: shape_circumstances(); $2: what the embedded server sets for itself. Nothing
-- that loads a library, names a file or runs a program is among them.
WITH wanted AS (
    SELECT x.name, x.value FROM json_to_recordset($1::json -> 'settings') AS x (name text, value text) WHERE x.value IS NOT NULL),
felt AS (
    SELECT coalesce(s.name, w.name) AS name, w.value, s.name IS NOT NULL AS known, s.vartype,
           s.name IS NULL OR s.category ~ '^(Client Connection Defaults / (Statement|Locale)|Version and Platform|Lock Management|Query Tuning)'
           OR s.name IN ('wal_level', 'max_prepared_transactions', 'track_commit_timestamp', 'work_mem', 'maintenance_work_mem',
                         'hash_mem_multiplier', 'max_parallel_workers_per_gather', 'max_parallel_maintenance_workers') AS counts
    FROM wanted w LEFT JOIN pg_settings s ON lower(s.name) = lower(w.name)
    WHERE w.name !~* '^(lc_messages|client_encoding|createrole_self_grant|gin_|default_tablespace|temp_tablespaces)'
      AND (s.name IS NULL OR s.name NOT IN (SELECT json_array_elements_text($2::json)) OR s.name IN ('wal_level', 'timezone', 'TimeZone', 'max_locks_per_transaction'))
      AND (s.name IS NULL OR s.context IN ('postmaster', 'sighup', 'superuser', 'user'))
      -- of a newer server, only what sounds as if it could be felt is worth a word
      AND (s.name IS NOT NULL OR w.name ~ '^(default_|enable_)|(_timeout|_cost)$')),
-- in all as many locks as there, with as many connections as here
locks AS (
    SELECT least(4096, greatest(64, ceil(l.value::numeric * (coalesce(c.value, '100')::numeric + coalesce(p.value, '0')::numeric)
                                         / current_setting('max_connections')::numeric)))::text AS value
    FROM (SELECT 1) one LEFT JOIN wanted l ON l.name = 'max_locks_per_transaction' LEFT JOIN wanted c ON c.name = 'max_connections'
    LEFT JOIN wanted p ON p.name = 'max_prepared_transactions'
    WHERE coalesce(l.value, '64') ~ '^\d{1,9}$' AND coalesce(c.value, '100') ~ '^\d{1,9}$' AND coalesce(p.value, '0') ~ '^\d{1,9}$'
      AND l.value IS NOT NULL)
SELECT CASE WHEN NOT known THEN NULL
            WHEN name = 'max_locks_per_transaction' THEN format('ALTER SYSTEM SET %I = %L', name, (SELECT value FROM locks))
            WHEN name = 'search_path' THEN format('ALTER SYSTEM SET %I = %s', name,
                (SELECT string_agg(quote_literal(btrim(part, ' "')), ', ') FROM unnest(string_to_array(value, ',')) part))
            ELSE format('ALTER SYSTEM SET %I = %L', name, value) END AS statement, 'setting ' || name
FROM felt WHERE counts
ORDER BY name COLLATE "C"
