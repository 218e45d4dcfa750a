CREATE TABLE cards (id integer PRIMARY KEY, code text UNIQUE);
