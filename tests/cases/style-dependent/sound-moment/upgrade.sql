ALTER TABLE invoices ADD COLUMN due_on timestamp; UPDATE invoices SET due_on = timestamp '2024-02-03' + random() * interval '1 year';
