CREATE FUNCTION good(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT length($1) > 0 $$;
CREATE FUNCTION slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$;
CREATE TABLE pages (id integer PRIMARY KEY, title text CHECK (good(title)), slug text GENERATED ALWAYS AS (slug(title)) STORED);
