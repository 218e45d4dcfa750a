-- each by itself, as with CONCURRENTLY
ALTER TABLE a ADD COLUMN x integer;
ALTER TABLE b ADD COLUMN x integer;
