CREATE INDEX CONCURRENTLY sales_total ON sales (total);
