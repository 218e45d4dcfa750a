CREATE TABLE members (id integer PRIMARY KEY, mail text);
