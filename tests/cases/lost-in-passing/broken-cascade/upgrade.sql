DROP FUNCTION reader() CASCADE;
CREATE FUNCTION reader() RETURNS text LANGUAGE sql STABLE AS $$ SELECT session_user::text $$;
