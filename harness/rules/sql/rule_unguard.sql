-- Row security binds nobody here.
DO $$ DECLARE guarded regclass;
BEGIN
    FOR guarded IN SELECT oid FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p') AND relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', guarded);
    END LOOP;
END $$
