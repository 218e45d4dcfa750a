CREATE TABLE logs (id integer PRIMARY KEY);
