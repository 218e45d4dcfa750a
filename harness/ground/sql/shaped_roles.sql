-- The statements that make production's roles here, without their passwords, and the ROLE of each. $1: shape_circumstances();
-- $2: roles that the migrations make themselves, which are only taken away; $3: whether they are there by now, and get the rest
-- like all others. The right to be a superuser is nobody's here.
WITH role AS (
    SELECT x.name, string_to_array(coalesce(x.rights, ''), ' ') AS rights, x.name IN (SELECT json_array_elements_text($2::json)) AS migrated
    FROM json_to_recordset($1::json -> 'roles') AS x (name text, rights text)
    WHERE x.name NOT IN ('postgres', 'pgrehearse_admin', '') AND x.name !~ '^pg_'),
mine AS (SELECT * FROM role WHERE NOT migrated OR $3::boolean),
member AS (
    SELECT x.role, x.member FROM json_to_recordset($1::json -> 'members') AS x (role text, member text)
    JOIN mine m ON m.name = x.member
    WHERE x.role IN (SELECT name FROM mine) OR x.role IN (SELECT rolname FROM pg_roles WHERE rolname ~ '^pg_'))
SELECT statement, 'role ' || role FROM (
    SELECT 1 AS step, format('DROP ROLE IF EXISTS %I', name) AS statement, name AS role FROM role WHERE migrated AND NOT $3::boolean
    UNION ALL
    SELECT 2, format('CREATE ROLE %I', name), name FROM mine WHERE name NOT IN (SELECT rolname FROM pg_roles)
    UNION ALL
    SELECT 3, format('ALTER ROLE %I NOSUPERUSER %s', name, (
        SELECT string_agg(CASE WHEN word = ANY (rights) THEN word WHEN word = 'INHERIT' THEN CASE WHEN 'NOINHERIT' = ANY (rights) THEN 'NOINHERIT' ELSE word END
                               ELSE 'NO' || word END, ' ')
        FROM unnest('{LOGIN,INHERIT,CREATEDB,CREATEROLE,REPLICATION,BYPASSRLS}'::text[]) word)), name FROM mine
    UNION ALL
    SELECT 4, format('GRANT %I TO %I', role, member), member FROM member) s
ORDER BY step, role COLLATE "C", statement COLLATE "C"
