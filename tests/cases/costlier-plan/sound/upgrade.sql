CREATE INDEX orders_customer_note ON orders (customer, note);
DROP INDEX orders_customer;
