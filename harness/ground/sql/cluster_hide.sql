-- $1: the database whose turn it is. What others grant to a role, or it owns there, must not keep that
-- role from being dropped.
WITH turn AS (SELECT oid FROM pg_database WHERE datname = $1),
gone AS (
    DELETE FROM pg_shdepend d
    WHERE refclassid = 'pg_authid'::regclass AND refobjid >= 16384
      AND refobjid <> (SELECT datdba FROM pg_database WHERE datname = 'postgres')
      AND CASE WHEN dbid <> 0 THEN dbid WHEN classid = 'pg_database'::regclass THEN objid END <> (SELECT oid FROM turn)
    RETURNING *)
INSERT INTO pgrehearse_aside.dependency SELECT * FROM gone
