CREATE TABLE audit (id serial PRIMARY KEY, what text NOT NULL);
CREATE TABLE parts (id serial PRIMARY KEY, sku text NOT NULL UNIQUE, qty integer NOT NULL);
CREATE FUNCTION note_part() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit (what) VALUES (NEW.sku); RETURN NEW; END $$;
CREATE TRIGGER noted BEFORE INSERT OR UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION note_part();
