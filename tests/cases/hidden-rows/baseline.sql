DO $$ BEGIN CREATE ROLE rules_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE flats (id integer PRIMARY KEY, house text NOT NULL);
ALTER TABLE flats OWNER TO rules_owner;
ALTER TABLE flats ENABLE ROW LEVEL SECURITY;
ALTER TABLE flats FORCE ROW LEVEL SECURITY;
CREATE POLICY of_house ON flats USING (house = current_setting('app.house', true));
