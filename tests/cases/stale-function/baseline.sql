CREATE TABLE members (id integer PRIMARY KEY, mail text);
CREATE FUNCTION mail_of(integer) RETURNS text LANGUAGE sql STABLE AS $$ SELECT mail FROM members WHERE id = $1 $$;
