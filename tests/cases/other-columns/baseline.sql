CREATE TABLE goods (id integer PRIMARY KEY, label text);
