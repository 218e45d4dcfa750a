CREATE INDEX sales_total ON sales (total);
