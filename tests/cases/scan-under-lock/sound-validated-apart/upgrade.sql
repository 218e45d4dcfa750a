-- CONCURRENTLY is not needed here, transactions apart are
ALTER TABLE sales ADD CONSTRAINT sales_total CHECK (total IS NOT NULL) NOT VALID;
ALTER TABLE sales VALIDATE CONSTRAINT sales_total;
ALTER TABLE sales ALTER COLUMN total SET NOT NULL;
ALTER TABLE sales DROP CONSTRAINT sales_total;
