-- CONCURRENTLY is not said here; the lock is gone before anybody can look
CREATE INDEX sales_total ON sales (total);
