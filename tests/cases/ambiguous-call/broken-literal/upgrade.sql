-- a literal without a type may be either of them now
CREATE FUNCTION label(at date) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT at::text $$;
