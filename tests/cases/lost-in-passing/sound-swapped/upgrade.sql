CREATE TABLE rooms_new (LIKE rooms INCLUDING ALL);
INSERT INTO rooms_new SELECT * FROM rooms;
DROP VIEW small_rooms;
DROP TABLE rooms;
ALTER TABLE rooms_new RENAME TO rooms;
ALTER TABLE rooms ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_house ON rooms USING (house = current_setting('app.house', true));
CREATE VIEW small_rooms WITH (security_barrier = true) AS SELECT id, house FROM rooms WHERE size < 10;
GRANT SELECT ON small_rooms TO rules_app;
