ALTER TABLE sales ADD CONSTRAINT sales_total CHECK (total > 0);
