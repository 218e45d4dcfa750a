ALTER TABLE invoices ADD COLUMN due_on date; UPDATE invoices SET due_on = to_date(due, 'DD/MM/YYYY');
