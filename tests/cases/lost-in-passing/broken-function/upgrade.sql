CREATE OR REPLACE FUNCTION rooms_in(text) RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT count(*) FROM public.rooms WHERE house = lower($1) $$;
