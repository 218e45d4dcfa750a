CREATE FUNCTION fee(amount integer) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT amount * 0.1 $$;
CREATE FUNCTION label(at timestamp) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT at::date::text $$;
