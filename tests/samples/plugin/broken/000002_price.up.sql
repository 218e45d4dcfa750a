ALTER TABLE orders ADD COLUMN price real;
UPDATE orders SET price = cents / 100.0;
