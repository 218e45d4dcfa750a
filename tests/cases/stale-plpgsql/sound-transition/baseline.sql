CREATE TABLE files (id integer PRIMARY KEY, folder text);
CREATE TABLE folders (name text PRIMARY KEY);
