-- What all databases of a server share, a line each, in the form of snapshot.sql. Works on PostgreSQL 14 to
-- 18, for a superuser. Of a password only that there is one is told. Below 16384 lives what initdb made;
-- databases of pgrehearse are left out.
WITH
role AS MATERIALIZED (SELECT oid, quote_ident(rolname) AS name FROM pg_authid),
fact (line) AS (
    SELECT concat_ws(' ', 'role', quote_ident(rolname),
        CASE WHEN rolcanlogin THEN 'login' END, CASE WHEN rolsuper THEN 'superuser' END,
        CASE WHEN rolcreaterole THEN 'createrole' END, CASE WHEN rolcreatedb THEN 'createdb' END,
        CASE WHEN rolreplication THEN 'replication' END, CASE WHEN rolbypassrls THEN 'bypassrls' END,
        CASE WHEN NOT rolinherit THEN 'noinherit' END, 'connection-limit=' || nullif(rolconnlimit, -1),
        CASE WHEN rolpassword IS NOT NULL THEN 'password' END, 'valid-until=' || rolvaliduntil::text)
    FROM pg_authid WHERE oid >= 16384
    UNION ALL -- with the options of 16, where a grant has its own
    SELECT concat_ws(' ', 'role-member', g.name || '.' || m.name,
        CASE WHEN a.admin_option THEN 'admin-option' END,
        CASE to_jsonb(a) ->> 'inherit_option' WHEN 'true' THEN 'inherit' WHEN 'false' THEN 'no-inherit' END,
        CASE to_jsonb(a) ->> 'set_option' WHEN 'false' THEN 'no-set' END)
    FROM pg_auth_members a JOIN role g ON g.oid = a.roleid JOIN role m ON m.oid = a.member
    WHERE a.member >= 16384 OR a.roleid >= 16384
    UNION ALL
    SELECT concat_ws(' ', 'role-setting', r.name || '.' || quote_ident(split_part(x, '=', 1)),
                     quote_literal(substr(x, strpos(x, '=') + 1)))
    FROM pg_db_role_setting s JOIN role r ON r.oid = s.setrole CROSS JOIN unnest(s.setconfig) x
    WHERE s.setdatabase = 0
    UNION ALL
    SELECT concat_ws(' ', 'comment', r.name, 'role', quote_literal(d.description))
    FROM pg_shdescription d JOIN role r ON r.oid = d.objoid AND d.classoid = 'pg_authid'::regclass
    WHERE r.oid >= 16384
    UNION ALL
    SELECT concat_ws(' ', 'tablespace', quote_ident(spcname), 'options=' || array_to_string(spcoptions, ', '))
    FROM pg_tablespace WHERE oid >= 16384
    UNION ALL
    SELECT concat_ws(' ', 'grant', quote_ident(t.spcname), 'tablespace', x.privilege_type, 'to',
                     coalesce(r.name, 'PUBLIC'))
    FROM pg_tablespace t CROSS JOIN LATERAL aclexplode(t.spcacl) x LEFT JOIN role r ON r.oid = x.grantee
    WHERE x.grantee <> t.spcowner
    UNION ALL
    SELECT concat_ws(' ', 'replication-slot', quote_ident(slot_name), 'physical')
    FROM pg_replication_slots WHERE database IS NULL AND NOT temporary
    UNION ALL
    SELECT concat_ws(' ', 'database', quote_ident(datname)) FROM pg_database
    WHERE oid >= 16384 AND datname !~ '^pgrehearse_')
SELECT replace(replace(replace(line, E'\\', E'\\\\'), E'\n', E'\\n'), E'\r', E'\\r') FROM fact
