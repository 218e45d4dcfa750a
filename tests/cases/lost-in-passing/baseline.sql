DO $$ BEGIN CREATE ROLE rules_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE rooms (id integer PRIMARY KEY, house text NOT NULL, size numeric DEFAULT 12);
CREATE INDEX rooms_house ON rooms (house);
COMMENT ON COLUMN rooms.size IS 'in square metres';
ALTER TABLE rooms ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_house ON rooms USING (house = current_setting('app.house', true));
CREATE VIEW small_rooms WITH (security_barrier = true) AS SELECT id, house FROM rooms WHERE size < 10;
GRANT SELECT ON small_rooms TO rules_app;
CREATE FUNCTION rooms_in(text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
    $$ SELECT count(*) FROM rooms WHERE house = $1 $$;
