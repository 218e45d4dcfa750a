-- Settings, one a row: the ROLE for which it is set (null: for all), its PLACE ('server', 'database', 'role': for this
-- role in every database, 'role here': only in this one), NAME, VALUE. Only names that are known to be harmless have
-- a value; a setting of an application, which may hold anything, is there by its name alone.
WITH known AS (
    SELECT name, lower(name) AS key,
           CASE WHEN reset_val ~ '^[1-9]' AND unit = '8kB' THEN reset_val::bigint * 8 || 'kB'
                WHEN reset_val ~ '^[1-9]' AND unit ~ '^[a-zA-Z]+$' THEN reset_val || unit
                ELSE reset_val END AS value,
           reset_val IS DISTINCT FROM boot_val AND vartype IN ('bool', 'integer', 'real', 'enum')
           OR reset_val IS DISTINCT FROM boot_val AND name ~* '^(search_path|timezone|datestyle|lc_(messages|monetary|numeric|time)|default_text_search_config)$' AS differs,
           vartype IN ('bool', 'integer', 'real', 'enum')
           OR name ~* '^(search_path|timezone|datestyle|lc_(messages|monetary|numeric|time)|default_text_search_config|client_encoding|default_(table_access_method|tablespace))$' AS harmless
    FROM pg_settings
    WHERE name !~ '^(log_|debug_|trace_|ssl|tcp_|unix_|krb_|zero_|allow_system|ignore_|port$|bonjour|event_|data_|archive_|restart_|send_|update_process|transaction_|in_hot|wal_consistency|segment_size|wal_segment_size|block_size|wal_block_size|max_(function_args|identifier_length|index_keys)|server_version|integer_datetimes|is_superuser|huge_pages_status|shared_memory_size)'),
chosen AS (
    SELECT s.setrole, s.setdatabase, split_part(item, '=', 1) AS name, substr(item, strpos(item, '=') + 1) AS value
    FROM pg_db_role_setting s, unnest(s.setconfig) item
    WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
mine AS ( -- what this session has of its own, and the server may have in another way
    SELECT lower(name) AS key FROM chosen
    WHERE setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user)))
SELECT NULL AS role, 'server' AS place, name, value
FROM known WHERE differs AND key NOT IN (SELECT key FROM mine)
UNION ALL
SELECT CASE WHEN c.setrole <> 0 THEN pg_get_userbyid(c.setrole) END,
       CASE WHEN c.setrole <> 0 AND c.setdatabase <> 0 THEN 'role here' WHEN c.setrole <> 0 THEN 'role'
            WHEN c.setdatabase <> 0 THEN 'database' ELSE 'server' END,
       coalesce(k.name, c.name), CASE WHEN k.harmless OR c.name = 'role' THEN c.value END
FROM chosen c LEFT JOIN known k ON k.key = lower(c.name)
WHERE k.harmless OR c.name = 'role' OR strpos(c.name, '.') > 0
ORDER BY 2, 1, 3
