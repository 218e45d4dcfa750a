CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL, status text NOT NULL, note text);
CREATE INDEX orders_customer ON orders (customer);
CREATE INDEX orders_status ON orders (status);
