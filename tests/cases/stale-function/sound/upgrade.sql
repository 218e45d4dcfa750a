ALTER TABLE members RENAME COLUMN mail TO email;
CREATE OR REPLACE FUNCTION mail_of(integer) RETURNS text LANGUAGE sql STABLE AS $$ SELECT email FROM members WHERE id = $1 $$;
