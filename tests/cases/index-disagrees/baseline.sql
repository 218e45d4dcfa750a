CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$;
CREATE TABLE towns (id integer PRIMARY KEY, name text);
CREATE INDEX towns_folded ON towns (folded(name));
