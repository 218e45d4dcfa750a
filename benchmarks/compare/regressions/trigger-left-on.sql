-- what: A trigger is not disabled while all rows are updated
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
CREATE TABLE journal (chunk uuid, at timestamptz);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO journal VALUES (NEW.id, now()); RETURN NEW; END';
CREATE TRIGGER code_chunks_journal AFTER UPDATE ON code_chunks
    FOR EACH ROW EXECUTE FUNCTION note_change();
ALTER TABLE code_chunks DISABLE TRIGGER code_chunks_journal;
UPDATE code_chunks SET updated_at = now();
ALTER TABLE code_chunks ENABLE TRIGGER code_chunks_journal;
-- candidate
CREATE TABLE journal (chunk uuid, at timestamptz);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO journal VALUES (NEW.id, now()); RETURN NEW; END';
CREATE TRIGGER code_chunks_journal AFTER UPDATE ON code_chunks
    FOR EACH ROW EXECUTE FUNCTION note_change();
UPDATE code_chunks SET updated_at = now();
