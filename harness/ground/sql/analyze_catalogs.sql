-- The catalogs' statistics date from initdb. Those that have grown since get new ones: without them,
-- queries of thousands of objects are planned as if there were few. Nobody else does it in time.
DO $$
DECLARE catalog regclass;
BEGIN
    FOR catalog IN
        SELECT c.oid FROM pg_class c
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared
          AND pg_relation_size(c.oid) > 2 * greatest(c.relpages, 8) * current_setting('block_size')::bigint
    LOOP
        EXECUTE format('ANALYZE %s', catalog);
    END LOOP;
END $$
