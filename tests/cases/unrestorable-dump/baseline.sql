CREATE TABLE areas (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE zones (code text PRIMARY KEY);
CREATE FUNCTION tidy(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(trim(value)) $$;
