ALTER TABLE items DROP price;
