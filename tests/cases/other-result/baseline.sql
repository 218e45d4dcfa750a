CREATE TABLE goods (id integer PRIMARY KEY, label varchar(20));
