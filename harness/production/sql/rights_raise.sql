-- The end of what rights_lower.sql began; afterwards nothing of it is left, in the database or the cluster.
DROP EVENT TRIGGER IF EXISTS pgrehearse_restoring;
DROP SCHEMA IF EXISTS pgrehearse_restoring CASCADE;
DO $$ DECLARE w record; BEGIN
    FOR w IN SELECT fdwname FROM pg_foreign_data_wrapper, aclexplode(fdwacl) a, pg_roles r WHERE a.grantee = r.oid AND r.rolname = 'pgrehearse_restoring' LOOP
        EXECUTE format('REVOKE USAGE ON FOREIGN DATA WRAPPER %%I FROM pgrehearse_restoring', w.fdwname);
    END LOOP;
    IF (SELECT nspowner FROM pg_namespace WHERE nspname = 'public') = (SELECT oid FROM pg_roles WHERE rolname = 'pgrehearse_restoring') THEN
        ALTER SCHEMA public OWNER TO CURRENT_USER;
    END IF;
END $$;
ALTER ROLE %1$I SUPERUSER CREATEROLE CREATEDB NOBYPASSRLS;
ALTER DATABASE %2$I OWNER TO %1$I;
DO $$ DECLARE m record; BEGIN
    FOR m IN SELECT r.rolname FROM pg_auth_members x JOIN pg_roles r ON r.oid = x.roleid JOIN pg_roles g ON g.oid = x.member
             WHERE g.rolname = %1$L AND EXISTS (SELECT FROM pg_auth_members y JOIN pg_roles p ON p.oid = y.roleid
                                                WHERE y.member = r.oid AND p.rolname = 'pgrehearse_restoring') LOOP
        EXECUTE format('REVOKE %%I FROM %%I', m.rolname, %1$L);
    END LOOP;
END $$;
DROP ROLE pgrehearse_restoring;
