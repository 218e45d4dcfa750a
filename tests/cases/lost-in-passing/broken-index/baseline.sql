CREATE TABLE seats (id integer PRIMARY KEY, number integer NOT NULL);
CREATE UNIQUE INDEX seats_number ON seats (number);
