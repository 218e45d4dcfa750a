DROP INDEX sales_total;
