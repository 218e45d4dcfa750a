ALTER TABLE invoices ADD COLUMN due_on date; UPDATE invoices SET due_on = due::date;
