-- A copy of database $1 by the name of $2: CREATE DATABASE has not seen what waits aside.
INSERT INTO pgrehearse_aside.dependency
SELECT c.oid, d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.deptype
FROM pgrehearse_aside.dependency d
JOIN pg_database t ON t.oid = d.dbid AND t.datname = $1
JOIN pg_database c ON c.datname = $2
