ALTER TABLE orders ADD COLUMN price numeric;
UPDATE orders SET price = cents / 100.0;
