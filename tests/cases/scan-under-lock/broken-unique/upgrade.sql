ALTER TABLE sales ADD CONSTRAINT sales_once UNIQUE (id, total);
