ALTER TABLE invoices ALTER COLUMN due TYPE text USING to_char(due, 'MM/DD/YYYY');
