CREATE TABLE shops (id integer PRIMARY KEY);
CREATE TABLE sales (id integer PRIMARY KEY, shop integer, total varchar(10));
CREATE INDEX sales_total ON sales (total);
