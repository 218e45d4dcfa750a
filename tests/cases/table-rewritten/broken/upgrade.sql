ALTER TABLE prices ALTER COLUMN cents TYPE numeric;
