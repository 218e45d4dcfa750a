-- The beginning of a spell of looking, which is rolled back: settings of ours, and a helper that asks
-- a query made on the way. No setting of the database, its TimeZone apart, gets in the way.
BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SET LOCAL row_security = off;
SET LOCAL session_replication_role = origin;
SET LOCAL client_min_messages = error;
SET LOCAL quote_all_identifiers = off;
CREATE FUNCTION pg_temp.pgrehearse_value(query text) RETURNS text LANGUAGE plpgsql AS
$$ DECLARE found text; BEGIN EXECUTE query INTO found; RETURN found; END $$
