ALTER INDEX sales_by_total RENAME TO sales_total;
ALTER TABLE sales ALTER COLUMN total TYPE varchar(10);
