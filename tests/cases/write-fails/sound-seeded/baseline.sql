CREATE TABLE kinds (id integer PRIMARY KEY, label text NOT NULL UNIQUE);
