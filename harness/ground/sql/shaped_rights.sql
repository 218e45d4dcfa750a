-- The statements that give database $2 the settings, owners and rights of production, each with WHAT it gives; the settings of the
-- database and of its roles, default privileges, owners of tables, what is granted. $1: shape_circumstances(); $3: the role
-- that the migrator acts as, or null; $4: the migrator's own. A name without a statement cannot be had here.
WITH role AS (SELECT rolname::text AS name FROM pg_roles),
setting AS (
    SELECT 'ALTER DATABASE ' || quote_ident($2) AS target, x.name, x.value
    FROM json_to_recordset($1::json -> 'database_settings') AS x (name text, value text)
    UNION ALL
    SELECT format('ALTER ROLE %I%s', r.name, CASE WHEN x.here THEN ' IN DATABASE ' || quote_ident($2) END), x.name, x.value
    FROM json_to_recordset($1::json -> 'role_settings') AS x (role text, here boolean, name text, value text)
    -- the migrator logs in with its own role, and acts as the other
    JOIN role r ON r.name = x.role OR x.role = $3 AND r.name = $4
    WHERE NOT (r.name = $4 AND lower(x.name) = 'role')),
known AS (
    SELECT t.*, s.vartype, t.value IS NOT NULL AND (s.name IS NOT NULL AND (s.vartype <> 'string' OR s.name ~*
               '^(search_path|timezone|datestyle|lc_(monetary|numeric|time)|default_text_search_config|default_table_access_method|default_tablespace)$')
               OR lower(t.name) = 'role' AND t.value IN (SELECT name FROM role) AND t.target !~ '^ALTER DATABASE')
           AND (lower(t.name) <> 'default_tablespace' OR t.value IN (SELECT spcname FROM pg_tablespace)) AS possible
    FROM setting t LEFT JOIN pg_settings s ON lower(s.name) = lower(t.name)
    WHERE lower(t.name) NOT IN ('lc_messages', 'client_encoding')),
object AS (
    SELECT n.kind || ' ' || quote_ident(n.name) AS "on", 'SCHEMA ' || quote_ident(n.name) AS target, NULL::text AS part
    FROM (SELECT 'schema', nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema') n (kind, name)
    UNION ALL
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'table ' END || format('%I.%I', n.nspname, c.relname),
           CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || format('%I.%I', n.nspname, c.relname), NULL
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'column ' || format('%I.%I.%I', n.nspname, c.relname, a.attname), 'TABLE ' || format('%I.%I', n.nspname, c.relname), quote_ident(a.attname)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'function ' || format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), 'ROUTINE ' || p.oid::regprocedure, NULL
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
granted AS (
    SELECT x.on, x.to, CASE x.to WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(x.to) END AS receiver, r.item,
           split_part(r.item, ' WITH', 1) AS word, CASE WHEN r.item LIKE '% WITH GRANT OPTION' THEN ' WITH GRANT OPTION' ELSE '' END AS option
    FROM json_to_recordset($1::json -> 'grants') AS x ("on" text, "to" text, rights text)
    CROSS JOIN LATERAL unnest(string_to_array(x.rights, ', ')) AS r (item)
    WHERE (x.to = 'PUBLIC' OR x.to IN (SELECT name FROM role))
      AND split_part(r.item, ' WITH', 1) IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN',
                                             'USAGE', 'CREATE', 'CONNECT', 'TEMPORARY', 'EXECUTE')),
fresh AS ( -- "new tables of ROLE in SCHEMA"
    SELECT k.kind, r.name AS maker, n.nspname, 'new ' || k.kind || ' of ' || r.name || coalesce(' in ' || quote_ident(n.nspname), '') AS "on"
    FROM (VALUES ('tables'), ('sequences'), ('functions'), ('types'), ('schemas')) k (kind) CROSS JOIN role r
    CROSS JOIN (SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' UNION ALL SELECT NULL) n),
owned AS (
    SELECT format('ALTER %s %I.%I OWNER TO %I', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, n.nspname, c.relname, x.owner)
           AS statement, x.name
    FROM json_to_recordset($1::json -> 'owners') AS x (name text, owner text)
    JOIN role r ON r.name = x.owner
    JOIN pg_class c ON c.relkind IN ('r', 'p', 'm') JOIN pg_namespace n ON n.oid = c.relnamespace AND format('%I.%I', n.nspname, c.relname) = x.name
    WHERE pg_get_userbyid(c.relowner) <> x.owner)
SELECT statement, what FROM (
    -- what the migrator made under its own name, as where the migrations make the other role; databases go with it
    SELECT 0 AS step, format('REASSIGN OWNED BY %I TO %I', $4::text, $3::text) AS statement, '1 owners' AS what WHERE $3 IN (SELECT name FROM role)
    UNION ALL
    SELECT 0, format('REVOKE %I FROM %I', r.rolname, $4::text), '3 membership in ' || r.rolname
    FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE pg_get_userbyid(m.member) = $4 AND r.rolname <> $3
    UNION ALL
    SELECT 0, format('ALTER DATABASE %I OWNER TO %I', datname, $4::text), '2 owner of database ' || datname FROM pg_database
    WHERE pg_get_userbyid(datdba) = $4 AND datname <> $2 AND $3 IN (SELECT name FROM role)
    UNION ALL
    SELECT 1, CASE WHEN NOT possible THEN NULL
                WHEN lower(name) = 'search_path' THEN format('BEGIN; SELECT set_config(%L, %L, true); %s SET %I FROM CURRENT; COMMIT', name, value, target, name)
                ELSE format('%s SET %s = %L', target, CASE lower(name) WHEN 'role' THEN 'role' ELSE quote_ident(name) END, value) END,
           'setting ' || name
    FROM known
    UNION ALL
    SELECT 2, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s GRANT %s ON %s TO %s%s', f.maker, ' IN SCHEMA ' || quote_ident(f.nspname), g.word,
                     upper(f.kind), g.receiver, g.option), 'rights on ' || g.on
    FROM fresh f JOIN granted g USING ("on")
    UNION ALL
    SELECT 3, statement, 'owner of ' || name FROM owned
    UNION ALL
    SELECT 4, format('GRANT %s%s ON %s TO %s%s', g.word, ' (' || o.part || ')', o.target, g.receiver, g.option), 'rights on ' || g.on
    FROM granted g JOIN object o USING ("on")
    UNION ALL -- it has made tables there; who owns a schema, no shape says
    SELECT 4, format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', n.nspname, $3::text), 'rights on schema ' || n.nspname
    FROM pg_namespace n JOIN role r ON r.name = $3
    WHERE EXISTS (SELECT FROM json_to_recordset($1::json -> 'owners') AS x (name text, owner text)
                  WHERE x.owner = $3 AND starts_with(x.name, quote_ident(n.nspname) || '.'))
      AND NOT has_schema_privilege(r.name, n.oid, 'CREATE')
    UNION ALL
    SELECT 4, format('GRANT %s ON DATABASE %I TO %s%s', g.word, $2, g.receiver, g.option), 'rights on the database'
    FROM granted g WHERE g.on LIKE 'database %') s
ORDER BY step, what COLLATE "C", statement COLLATE "C"
