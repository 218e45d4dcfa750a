-- $1: the ledger; $2: the rule that asks. UPDATE and DELETE of the migration on tables that row security
-- guards, done once more here as a superuser and as the owner, and taken back.
WITH statement AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json -> 'statements') AS x (number bigint, sql text, tag text, rows bigint)
    WHERE tag ~ '^(UPDATE|DELETE|MERGE)'),
lock AS MATERIALIZED (SELECT * FROM json_to_recordset($1::json -> 'locks') AS x (statement bigint, object text, mode text)),
guarded AS MATERIALIZED (
    SELECT c.oid::regclass::text AS name, c.relname, r.rolname AS owner, NOT r.rolsuper AND NOT r.rolbypassrls AND c.relforcerowsecurity AS bound
    FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity),
-- where the migration changes its role or the security itself, it knows what it does
aware AS (SELECT min(number) AS number FROM json_to_recordset($1::json -> 'statements') AS x (number bigint, sql text)
          WHERE sql ~* '(LEVEL\s+SECURITY|SET\s+(LOCAL\s+|SESSION\s+)?ROLE|SESSION\s+AUTHORIZATION|row_security)'),
done AS MATERIALIZED (
    SELECT DISTINCT ON (s.number) s.*, g.name, g.owner, g.bound
    FROM statement s JOIN guarded g ON EXISTS (
        SELECT FROM lock l WHERE l.statement = s.number AND l.mode = 'RowExclusiveLock' AND l.object IN ('table ' || g.name, 'partitioned table ' || g.name))
        OR s.sql ~ ('\m' || regexp_replace(g.relname, '([^[:alnum:]_])', '\\\1', 'g') || '\M')
    ORDER BY s.number, g.name),
again AS MATERIALIZED (
    SELECT d.*, pg_temp.pgrehearse_rows(d.sql, NULL) AS there_are,
           CASE WHEN d.bound THEN pg_temp.pgrehearse_rows(d.sql, d.owner) END AS owner_sees
    FROM done d)
SELECT 'table ' || name,
       CASE $2::text WHEN 'hidden-rows' THEN
           format('statement %s (%s) reached %s of its rows and should have reached %s: row security hid them from the migrator',
                  number, tag, rows, there_are)
       ELSE format('statement %s (%s) reached %s of its rows as a superuser; as its owner %s it would reach %s: row security is forced',
                   number, tag, rows, owner, coalesce(owner_sees, 0)) END,
       format('let the migration see every row: ALTER TABLE %s NO FORCE ROW LEVEL SECURITY during the work, or run it as a role with BYPASSRLS', name)
FROM again
WHERE CASE $2::text WHEN 'hidden-rows' THEN rows < there_are
              ELSE bound AND rows > 0 AND number < coalesce((SELECT a.number FROM aware a), number + 1) AND there_are >= rows AND coalesce(owner_sees, 0) < rows END
