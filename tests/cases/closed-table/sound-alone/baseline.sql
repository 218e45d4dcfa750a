CREATE TABLE revisions (version text); CREATE TABLE a (id integer PRIMARY KEY);
