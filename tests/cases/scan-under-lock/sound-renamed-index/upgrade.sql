SET lock_timeout = '5s';
-- the index is taken over as it is
ALTER TABLE sales ALTER COLUMN total TYPE varchar(20);
ALTER INDEX sales_total RENAME TO sales_by_total;
