DROP FUNCTION reader() CASCADE;
CREATE FUNCTION reader() RETURNS text LANGUAGE sql STABLE AS $$ SELECT session_user::text $$;
CREATE POLICY owner_only ON papers USING (owner = reader());
