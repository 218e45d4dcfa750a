CREATE TABLE notes (id integer PRIMARY KEY, line text);
CREATE TABLE note_history (id serial PRIMARY KEY, note integer, line text);
CREATE INDEX note_history_note ON note_history (note);
CREATE FUNCTION note_is_gone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO note_history (note, line) VALUES (OLD.id, OLD.line); RETURN NULL; END $$;
CREATE TRIGGER note_is_gone AFTER DELETE ON notes FOR EACH ROW EXECUTE FUNCTION note_is_gone();
