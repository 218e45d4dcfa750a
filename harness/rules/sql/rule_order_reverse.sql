-- Stores the rows of every table that is not large in the opposite order: each is written again, the last one first.
DO $$
DECLARE
    home record;
    place tid;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR home IN
        SELECT c.oid::regclass AS name, a.part
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
            SELECT quote_ident(attname) AS part FROM pg_attribute
            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'
            ORDER BY attnum LIMIT 1) a
        WHERE c.oid >= 16384 AND c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND pg_relation_size(c.oid) BETWEEN 1 AND 8388607
    LOOP
        FOR place IN EXECUTE format('SELECT ctid FROM ONLY %s ORDER BY ctid DESC', home.name) LOOP
            EXECUTE format('UPDATE ONLY %s SET %s = %2$s WHERE ctid = %L', home.name, home.part, place);
        END LOOP;
    END LOOP;
END $$;
