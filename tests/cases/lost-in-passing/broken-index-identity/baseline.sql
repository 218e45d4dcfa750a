CREATE TABLE rooms (id integer PRIMARY KEY, door text NOT NULL);
CREATE UNIQUE INDEX rooms_door ON rooms (door);
COMMENT ON INDEX rooms_door IS 'what the subscriber finds rows by';
ALTER TABLE rooms REPLICA IDENTITY USING INDEX rooms_door;
