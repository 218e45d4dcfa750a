DO $$ BEGIN CREATE ROLE rules_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE logs (id integer PRIMARY KEY, at timestamptz, line text);
GRANT SELECT, INSERT ON logs TO rules_app;
