-- CONCURRENTLY is not needed here, transactions apart are
SET lock_timeout = '5s';
ALTER TABLE sales_old ADD CONSTRAINT span CHECK (at >= '2000-01-01' AND at < '2100-01-01') NOT VALID;
ALTER TABLE sales_old VALIDATE CONSTRAINT span;
ALTER TABLE sales ATTACH PARTITION sales_old FOR VALUES FROM ('2000-01-01') TO ('2100-01-01');
