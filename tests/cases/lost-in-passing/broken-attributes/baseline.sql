CREATE TABLE rooms (id integer PRIMARY KEY, door text NOT NULL);
CREATE FUNCTION door_label(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT 'door ' || $1 $$;
