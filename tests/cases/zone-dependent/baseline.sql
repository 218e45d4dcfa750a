CREATE TABLE visits (id integer PRIMARY KEY, at timestamp NOT NULL);
