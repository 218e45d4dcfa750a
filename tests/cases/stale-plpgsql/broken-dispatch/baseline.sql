CREATE TABLE members (id integer PRIMARY KEY, mail text);
CREATE TABLE mails (mail text);
CREATE FUNCTION note_mail() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id % 1000 = 999 THEN
        INSERT INTO mails VALUES (NEW.mail);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_mail AFTER INSERT OR UPDATE ON members FOR EACH ROW EXECUTE FUNCTION note_mail();
