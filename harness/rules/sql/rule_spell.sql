-- The beginning of a spell of looking, which is rolled back: settings of ours, and helpers. Each of
-- them runs a statement that was made on the way, with the search path of the application: its value;
-- the SQLSTATE with which it fails, or what it complains of, else NULL; how many rows it touches.
BEGIN;
-- pg_settings builds a row of every setting, too slow for each of thousands of statements
SELECT set_config('pgrehearse.search_path', reset_val, true) FROM pg_settings WHERE name = 'search_path';
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, MDY';
SET LOCAL row_security = off;
SET LOCAL jit = off;
-- setting it takes a superuser, also to what it is already
SELECT set_config('session_replication_role', 'origin', true) WHERE current_setting('session_replication_role') <> 'origin';
SET LOCAL client_min_messages = error;
SET LOCAL quote_all_identifiers = off;
SET LOCAL check_function_bodies = on;
CREATE FUNCTION pg_temp.pgrehearse_value(query text) RETURNS text LANGUAGE plpgsql AS
$$ DECLARE found text; ours text := current_setting('search_path');
BEGIN
    PERFORM set_config('search_path', current_setting('pgrehearse.search_path'), true);
    EXECUTE query INTO found;
    PERFORM set_config('search_path', ours, true);
    RETURN found;
END $$;
CREATE FUNCTION pg_temp.pgrehearse_fail(statement text, OUT state text, OUT complaint text) LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM set_config('search_path', current_setting('pgrehearse.search_path'), true);
    EXECUTE statement;
    RAISE EXCEPTION SQLSTATE 'PGROK';
EXCEPTION
    WHEN SQLSTATE 'PGROK' THEN -- a prepared statement outlives its transaction
        IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'pgrehearse_call') THEN
            DEALLOCATE pgrehearse_call;
        END IF;
    WHEN OTHERS THEN state := SQLSTATE; complaint := SQLERRM;
END $$;
CREATE FUNCTION pg_temp.pgrehearse_state(statement text) RETURNS text LANGUAGE sql AS
$$ SELECT state FROM pg_temp.pgrehearse_fail(statement) $$;
CREATE FUNCTION pg_temp.pgrehearse_complaint(statement text) RETURNS text LANGUAGE sql AS
$$ SELECT complaint FROM pg_temp.pgrehearse_fail(statement) $$;
CREATE FUNCTION pg_temp.pgrehearse_rows(statement text, role name) RETURNS bigint LANGUAGE plpgsql AS
$$ DECLARE reached bigint;
BEGIN
    PERFORM set_config('search_path', current_setting('pgrehearse.search_path'), true);
    IF role IS NOT NULL THEN
        EXECUTE format('SET LOCAL row_security = on; SET LOCAL ROLE %I', role);
    END IF;
    EXECUTE statement;
    GET DIAGNOSTICS reached = ROW_COUNT;
    RAISE EXCEPTION SQLSTATE 'PGROK';
EXCEPTION
    WHEN SQLSTATE 'PGROK' THEN RETURN reached;
    WHEN OTHERS THEN RETURN NULL;
END $$;
CREATE FUNCTION pg_temp.pgrehearse_seconds(seconds double precision) RETURNS text LANGUAGE sql AS
$$ SELECT CASE WHEN seconds < 0.0995 THEN round(seconds * 1000) || ' ms' WHEN seconds < 9.95 THEN trim_scale(round(seconds::numeric, 1)) || ' s'
               WHEN seconds < 120 THEN round(seconds) || ' s' WHEN seconds < 7200 THEN round(seconds / 60) || ' min'
               ELSE round((seconds / 3600)::numeric, 1) || ' h' END $$
