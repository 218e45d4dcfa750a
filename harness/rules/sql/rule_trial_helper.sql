-- Tries each statement of a plan and takes it back: how it ended, and within which function.
CREATE FUNCTION pg_temp.pgrehearse_try(plan json)
RETURNS TABLE (relation text, action text, attempt integer, role text, state text, message text, inside text,
               col text, con text)
LANGUAGE plpgsql AS $$
DECLARE stack text; statement text;
BEGIN
    FOR relation, action, attempt, role, statement IN
        SELECT p.relation, p.action, p.attempt, p.role, p.sql
        FROM json_to_recordset(plan) AS p (relation text, action text, attempt integer, role text, sql text)
    LOOP
        BEGIN
            IF role IS NOT NULL THEN
                EXECUTE format('SET LOCAL row_security = on; SET LOCAL ROLE %I', role);
            END IF;
            EXECUTE statement;
            SET CONSTRAINTS ALL IMMEDIATE;
            RAISE EXCEPTION SQLSTATE 'PGROK';
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, stack = PG_EXCEPTION_CONTEXT,
                col = COLUMN_NAME, con = CONSTRAINT_NAME;
            inside := (SELECT min(m[1]) FROM regexp_matches(stack, '(?:PL/pgSQL|SQL) function ("?[^\n]*?\)|[^ \n]+)', 'g') m
                       WHERE m[1] !~ '^"?pg_temp' AND m[1] !~ 'pgrehearse_');
        END;
        RETURN NEXT;
    END LOOP;
END $$
