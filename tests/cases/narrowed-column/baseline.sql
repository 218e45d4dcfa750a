CREATE TABLE carts (id integer PRIMARY KEY, pieces integer NOT NULL, code varchar(40), price numeric(12, 4));
