CREATE DOMAIN amount AS integer;
CREATE SCHEMA extra;
CREATE TABLE extra.tags (id integer PRIMARY KEY, name text);
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, number integer, note text, code varchar(20), customer_id bigint,
    placed timestamptz NOT NULL DEFAULT now(), total amount);
CREATE INDEX orders_note ON orders (note);
CREATE TABLE notes (id bigint NOT NULL, text text);
CREATE TABLE payments (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
CREATE INDEX payments_customer ON payments (customer_id);
CREATE TABLE measures (at date NOT NULL, value integer) PARTITION BY RANGE (at);
CREATE TABLE measures_old (at date NOT NULL, value integer);
