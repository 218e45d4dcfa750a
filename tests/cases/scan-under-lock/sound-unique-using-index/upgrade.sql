CREATE UNIQUE INDEX CONCURRENTLY sales_once ON sales (id, total);
ALTER TABLE sales ADD CONSTRAINT sales_once UNIQUE USING INDEX sales_once;
