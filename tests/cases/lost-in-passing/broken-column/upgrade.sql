ALTER TABLE rooms ADD COLUMN size_new integer;
UPDATE rooms SET size_new = round(size);
DROP VIEW small_rooms;
ALTER TABLE rooms DROP COLUMN size;
ALTER TABLE rooms RENAME COLUMN size_new TO size;
CREATE VIEW small_rooms WITH (security_barrier = true) AS SELECT id, house FROM rooms WHERE size < 10;
GRANT SELECT ON small_rooms TO rules_app;
