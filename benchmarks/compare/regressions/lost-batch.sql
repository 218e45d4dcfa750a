-- what: One UPDATE for all rows becomes one for each row
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
UPDATE code_chunks SET updated_at = now();
-- candidate
DO $$
DECLARE
    chunk uuid;
BEGIN
    FOR chunk IN SELECT id FROM code_chunks LOOP
        UPDATE code_chunks SET updated_at = now() WHERE id = chunk;
    END LOOP;
END $$;
