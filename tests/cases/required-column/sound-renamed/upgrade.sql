ALTER TABLE tickets RENAME COLUMN title TO name;
