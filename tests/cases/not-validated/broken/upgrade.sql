ALTER TABLE bills ADD CONSTRAINT bills_total CHECK (total >= 0) NOT VALID;
