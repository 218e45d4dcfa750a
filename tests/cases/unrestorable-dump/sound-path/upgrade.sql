CREATE FUNCTION slug_of(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = public AS
    $$ BEGIN RETURN replace(tidy(value), ' ', '-'); END $$;
CREATE INDEX areas_slug ON areas (slug_of(name));
