-- What has come of a run of the migrator on database $1 beside its contents, on a server of others: the number of
-- its replication slots and prepared transactions; the roles that have to do with it and were not among $2 when
-- the run began, in words and as an array of names. Null: none.
WITH here AS (SELECT oid, datname FROM pg_database WHERE datname = $1),
role AS (
    SELECT r.rolname FROM pg_roles r
    WHERE r.oid <> ALL ($2::oid[])
      AND EXISTS (SELECT FROM pg_shdepend d JOIN here ON here.oid = d.dbid
                  WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid))
SELECT (SELECT count(*) FROM pg_replication_slots s JOIN here ON s.database = here.datname)
       + (SELECT count(*) FROM pg_prepared_xacts p JOIN here ON p.database = here.datname),
       (SELECT string_agg('role ' || quote_ident(rolname), ', ' ORDER BY rolname) FROM role),
       (SELECT array_agg(rolname::text) FROM role)::text
