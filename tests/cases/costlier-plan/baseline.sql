CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL, note text);
CREATE INDEX orders_customer ON orders (customer);
