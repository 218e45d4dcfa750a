-- What the server keeps for the connected database, a line each, in the form of snapshot.sql. Works on
-- PostgreSQL 14 to 18, for every role. What pgrehearse sets itself to count statements is left out, and so
-- is the database's comment, its mark.
WITH
db AS MATERIALIZED (SELECT oid, datname, datdba, datacl FROM pg_database WHERE datname = current_database()),
setting AS (
    SELECT s.setrole, split_part(x, '=', 1) AS name, substr(x, strpos(x, '=') + 1) AS value
    FROM pg_db_role_setting s JOIN db ON s.setdatabase = db.oid CROSS JOIN unnest(s.setconfig) x
    WHERE split_part(x, '=', 1) !~ '^pg_stat_statements\.'),
privilege AS (
    SELECT 'grant' AS verb, x.* FROM db CROSS JOIN LATERAL (
        SELECT * FROM aclexplode(db.datacl) EXCEPT ALL SELECT * FROM aclexplode(acldefault('d', db.datdba))) x
    UNION ALL
    SELECT 'revoke', x.* FROM db CROSS JOIN LATERAL (
        SELECT * FROM aclexplode(acldefault('d', db.datdba)) EXCEPT ALL SELECT * FROM aclexplode(db.datacl)) x
    WHERE db.datacl IS NOT NULL),
fact (line) AS (
    SELECT CASE WHEN setrole = 0 THEN concat_ws(' ', 'database-setting', quote_ident(name), quote_literal(value))
                ELSE concat_ws(' ', 'role-in-database-setting',
                               quote_ident(pg_get_userbyid(setrole)) || '.' || quote_ident(name), quote_literal(value)) END
    FROM setting
    UNION ALL
    SELECT concat_ws(' ', p.verb, '@database', 'database', p.privilege_type,
                     CASE p.verb WHEN 'grant' THEN 'to' ELSE 'from' END,
                     CASE WHEN p.grantee = 0 THEN 'PUBLIC' WHEN p.grantee = db.datdba THEN '@owner'
                          ELSE quote_ident(pg_get_userbyid(p.grantee)) END,
                     CASE WHEN p.is_grantable THEN 'with-grant-option' END)
    FROM privilege p, db
    UNION ALL
    SELECT concat_ws(' ', 'replication-slot', quote_ident(r.slot_name), 'plugin=' || quote_ident(r.plugin))
    FROM pg_replication_slots r JOIN db ON r.database = db.datname WHERE NOT r.temporary
    UNION ALL
    SELECT concat_ws(' ', 'prepared-transaction', quote_ident(p.gid), 'owner=' || quote_ident(p.owner))
    FROM pg_prepared_xacts p JOIN db ON p.database = db.datname
    UNION ALL
    SELECT concat_ws(' ', 'subscription', quote_ident(s.subname),
                     CASE WHEN NOT s.subenabled THEN 'disabled' END,
                     'slot=' || quote_ident(s.subslotname),
                     'publications=' || array_to_string(s.subpublications, ', '))
    FROM pg_subscription s JOIN db ON s.subdbid = db.oid)
SELECT replace(replace(replace(line, E'\\', E'\\\\'), E'\n', E'\\n'), E'\r', E'\\r') FROM fact
