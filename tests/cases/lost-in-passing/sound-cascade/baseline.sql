CREATE TABLE papers (id integer PRIMARY KEY, owner text NOT NULL);
CREATE FUNCTION reader() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_user::text $$;
ALTER TABLE papers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON papers USING (owner = reader());
CREATE POLICY new ON papers FOR INSERT WITH CHECK (true);
