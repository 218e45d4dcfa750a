-- Runs the statements of a plan, for good: those that worked, of which each one's `about`.
CREATE FUNCTION pg_temp.pgrehearse_write(plan json) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE statement text; subject text; reached bigint;
BEGIN
    PERFORM set_config('search_path', reset_val, true) FROM pg_catalog.pg_settings WHERE name = 'search_path';
    FOR subject, statement IN SELECT p.about, p.sql FROM json_to_recordset(plan) AS p (about text, sql text) WHERE p.sql IS NOT NULL
    LOOP
        BEGIN
            EXECUTE statement;
            GET DIAGNOSTICS reached = ROW_COUNT;
            SET CONSTRAINTS ALL IMMEDIATE;
            IF reached > 0 THEN
                RETURN NEXT subject;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            NULL; -- the target does not take it
        END;
        SET CONSTRAINTS ALL DEFERRED;
    END LOOP;
END $$
