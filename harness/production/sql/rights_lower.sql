-- A restore without a superuser's rights, by role %1$I into database %2$I, which is ours. Whoever is given a thing
-- needs the right to create such things in its schema: all of the dump's roles get it from the database's owner.
CREATE ROLE pgrehearse_restoring NOLOGIN;
GRANT pgrehearse_restoring TO %1$I;
ALTER DATABASE %2$I OWNER TO pgrehearse_restoring;
ALTER ROLE %1$I NOSUPERUSER NOCREATEROLE NOCREATEDB BYPASSRLS;
DO $$ BEGIN
    IF (SELECT nspowner FROM pg_namespace WHERE nspname = 'public') < 16384 AND
       (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public') <> 'pg_database_owner' THEN
        ALTER SCHEMA public OWNER TO pgrehearse_restoring;
    END IF;
END $$;
CREATE SCHEMA pgrehearse_restoring;
GRANT USAGE ON SCHEMA pgrehearse_restoring TO PUBLIC;
CREATE TABLE pgrehearse_restoring.extensions (number int PRIMARY KEY, name text, schema text);
-- What CREATE EXTENSION will find there: the extensions of the dump whose schemas are there by now.
CREATE FUNCTION pgrehearse_restoring.make() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET allow_system_table_mods = on AS $$
DECLARE x record; t record;
BEGIN
    FOR x IN SELECT * FROM pgrehearse_restoring.extensions e WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = e.name)
             AND (e.schema IS NULL OR EXISTS (SELECT FROM pg_namespace WHERE nspname = e.schema)) ORDER BY number LOOP
        BEGIN
            EXECUTE format('CREATE EXTENSION %%I %%s', x.name, 'SCHEMA ' || quote_ident(x.schema));
        EXCEPTION WHEN undefined_object OR feature_not_supported OR undefined_file THEN CONTINUE; -- one that it needs comes later
        END;
        UPDATE pg_extension SET extowner = (SELECT oid FROM pg_roles WHERE rolname = %1$L) WHERE extname = x.name;
        INSERT INTO pg_shdepend SELECT d.oid, 'pg_extension'::regclass, e.oid, 0, 'pg_authid'::regclass, r.oid, 'o'
            FROM pg_database d, pg_extension e, pg_roles r WHERE d.datname = current_database() AND e.extname = x.name AND r.rolname = %1$L;
        FOR t IN SELECT c.oid::regclass::text AS name FROM pg_extension e, unnest(e.extconfig) k JOIN pg_class c ON c.oid = k
                 WHERE e.extname = x.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f') LOOP
            EXECUTE format('ALTER TABLE %%s OWNER TO %%I', t.name, %1$L);
        END LOOP;
        FOR t IN SELECT w.fdwname FROM pg_depend d JOIN pg_foreign_data_wrapper w ON w.oid = d.objid JOIN pg_extension e ON e.oid = d.refobjid
                 WHERE d.classid = 'pg_foreign_data_wrapper'::regclass AND d.refclassid = 'pg_extension'::regclass AND e.extname = x.name LOOP
            EXECUTE format('GRANT USAGE ON FOREIGN DATA WRAPPER %%I TO pgrehearse_restoring', t.fdwname);
        END LOOP;
    END LOOP;
END $$;
CREATE FUNCTION pgrehearse_restoring.before_extension() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_user = %1$L THEN PERFORM pgrehearse_restoring.make(); END IF;
END $$;
CREATE EVENT TRIGGER pgrehearse_restoring ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION pgrehearse_restoring.before_extension();
