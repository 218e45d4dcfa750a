-- a function for triggers of two levels, of which only one is made: the other branch is never reached
CREATE FUNCTION layers_gone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_LEVEL = 'STATEMENT' THEN
        INSERT INTO review SELECT gone.layer_blob FROM gone;
    ELSIF TG_LEVEL = 'ROW' THEN
        INSERT INTO review VALUES (OLD.blob);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER layers_gone AFTER DELETE ON layers REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION layers_gone();
