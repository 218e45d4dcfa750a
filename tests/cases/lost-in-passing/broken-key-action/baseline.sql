CREATE TABLE houses (id integer PRIMARY KEY);
CREATE TABLE rooms (id integer PRIMARY KEY, house integer NOT NULL,
    CONSTRAINT of_house FOREIGN KEY (house) REFERENCES houses ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX rooms_house ON rooms (house);
