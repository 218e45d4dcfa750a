-- The statements that give database $2 the settings that database $1 has, its own and those of roles
-- in it, and the rights that are granted on it. A list such as search_path is kept in a form that a
-- literal cannot carry, so it takes the way of the session's own value.
SELECT CASE WHEN name IN ('search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries')
            THEN format('BEGIN; SELECT set_config(%L, %L, true); %s SET %I FROM CURRENT; COMMIT', name, value, target, name)
            ELSE format('%s SET %I = %L', target, name, value)
       END
FROM (SELECT split_part(item, '=', 1) AS name,
             substr(item, strpos(item, '=') + 1) AS value,
             CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I', $2::text)
                  ELSE format('ALTER ROLE %I IN DATABASE %I', pg_get_userbyid(s.setrole), $2::text)
             END AS target
      FROM pg_db_role_setting s
      JOIN pg_database d ON d.oid = s.setdatabase
      CROSS JOIN unnest(s.setconfig) item
      WHERE d.datname = $1) settings
UNION ALL
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2::text) FROM pg_database WHERE datname = $1 AND datacl IS NOT NULL
UNION ALL
SELECT format('GRANT %s ON DATABASE %I TO %s%s', x.privilege_type, $2::text,
              CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
              CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END)
FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) x
WHERE d.datname = $1 AND x.grantee <> d.datdba
