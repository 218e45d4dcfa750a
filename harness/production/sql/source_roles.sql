-- The roles $1 (an array of names) and all that they are members of: NAME, how it is made beside
-- NOLOGIN, and the roles that it is granted, as an array of identifiers.
WITH RECURSIVE needed(oid) AS (
    SELECT oid FROM pg_roles WHERE rolname = ANY ($1::text[])
    UNION SELECT m.roleid FROM needed n JOIN pg_auth_members m ON m.member = n.oid)
SELECT r.rolname,
       concat_ws(' ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN NOT r.rolinherit THEN 'NOINHERIT' END,
                 CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END),
       (SELECT string_agg(quote_ident(g.rolname), ', ') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid)
FROM needed n JOIN pg_roles r ON r.oid = n.oid
ORDER BY r.rolname
