ALTER TABLE audit RENAME COLUMN what TO subject;
CREATE OR REPLACE FUNCTION note_part() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit (subject) VALUES (NEW.sku); RETURN NEW; END $$;
