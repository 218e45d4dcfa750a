ALTER TABLE sales DROP CONSTRAINT sales_of_shop; DROP INDEX sales_shop;
