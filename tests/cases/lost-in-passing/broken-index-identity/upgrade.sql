-- a bloated index is made anew
DROP INDEX rooms_door;
CREATE UNIQUE INDEX rooms_door ON rooms (door);
