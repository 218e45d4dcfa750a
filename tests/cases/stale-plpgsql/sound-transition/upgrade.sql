-- a function that reads a transition table, whose name the trigger gives
CREATE FUNCTION files_gone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    DELETE FROM folders f USING gone WHERE f.name = gone.folder;
    RETURN NULL;
END $$;
CREATE TRIGGER files_gone AFTER DELETE ON files REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION files_gone();
