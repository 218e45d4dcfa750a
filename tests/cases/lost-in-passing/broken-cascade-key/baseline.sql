CREATE TABLE shelves (id integer PRIMARY KEY);
CREATE TABLE books (id integer PRIMARY KEY, shelf integer REFERENCES shelves);
CREATE INDEX books_shelf ON books (shelf);
