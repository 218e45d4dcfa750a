DROP VIEW small_rooms;
CREATE VIEW small_rooms WITH (security_barrier = true) AS SELECT house, id FROM rooms WHERE size < 11;
