CREATE FUNCTION is_zone(value text) RETURNS boolean LANGUAGE sql STABLE AS
    $$ SELECT EXISTS (SELECT FROM public.zones WHERE code = value) $$;
ALTER TABLE areas ADD CONSTRAINT known CHECK (is_zone(lower(trim(name))));
