DO $$ BEGIN CREATE ROLE rules_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE orders (id serial PRIMARY KEY);
GRANT SELECT, INSERT ON orders TO rules_app;
GRANT USAGE ON SEQUENCE orders_id_seq TO rules_app;
