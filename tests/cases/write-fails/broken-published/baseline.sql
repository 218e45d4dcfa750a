CREATE TABLE stock (id integer PRIMARY KEY, sku text NOT NULL);
CREATE PUBLICATION rules_feed FOR TABLE stock;
