ALTER TABLE sales ADD COLUMN other integer REFERENCES shops; -- no value, nothing to check
