ALTER TABLE goods ALTER COLUMN label TYPE varchar(40);
