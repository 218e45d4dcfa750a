CREATE FUNCTION slug_of(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN replace(tidy(value), ' ', '-'); END $$;
ALTER TABLE areas ADD COLUMN slug text GENERATED ALWAYS AS (slug_of(name)) STORED;
