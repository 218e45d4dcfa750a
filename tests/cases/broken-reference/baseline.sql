CREATE TABLE depots (id integer PRIMARY KEY);
CREATE TABLE vans (id integer PRIMARY KEY, depot integer REFERENCES depots);
