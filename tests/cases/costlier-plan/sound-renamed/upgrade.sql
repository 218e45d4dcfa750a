ALTER TABLE orders RENAME TO purchases;
ALTER TABLE purchases RENAME customer TO client;
CREATE VIEW orders AS SELECT id, client AS customer, status, note FROM purchases;
