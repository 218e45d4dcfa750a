-- Where the dependencies of databases on roles wait that are not those of the database whose turn it is.
CREATE SCHEMA IF NOT EXISTS pgrehearse_aside;
CREATE UNLOGGED TABLE IF NOT EXISTS pgrehearse_aside.dependency (LIKE pg_catalog.pg_shdepend);
