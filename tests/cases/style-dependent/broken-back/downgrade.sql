ALTER TABLE invoices ALTER COLUMN due TYPE date USING due::date;
