ALTER TABLE items ADD price numeric(10, 2);
