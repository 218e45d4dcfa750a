-- $1: the database whose turn it is, and which has its own dependencies on roles again.
WITH turn AS (SELECT oid FROM pg_database WHERE datname = $1),
back AS (
    DELETE FROM pgrehearse_aside.dependency
    WHERE CASE WHEN dbid <> 0 THEN dbid WHEN classid = 'pg_database'::regclass THEN objid END = (SELECT oid FROM turn)
    RETURNING *)
INSERT INTO pg_shdepend SELECT * FROM back
