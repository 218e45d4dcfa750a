CREATE OR REPLACE VIEW small_rooms WITH (security_barrier = true) AS SELECT id, house, size FROM rooms WHERE size < 10;
CREATE OR REPLACE FUNCTION rooms_in(text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
    $$ SELECT count(*) FROM rooms WHERE house = lower($1) $$;
CREATE INDEX rooms_by_house ON rooms (house, id);
DROP INDEX rooms_house;
