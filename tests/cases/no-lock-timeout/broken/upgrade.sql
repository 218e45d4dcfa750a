ALTER TABLE items ADD COLUMN x integer;
