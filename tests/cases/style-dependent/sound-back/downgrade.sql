ALTER TABLE invoices ALTER COLUMN due TYPE date USING to_date(due, 'MM/DD/YYYY');
