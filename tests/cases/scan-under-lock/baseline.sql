CREATE TABLE shops (id integer PRIMARY KEY);
CREATE TABLE sales (id integer PRIMARY KEY, shop integer, total integer);
