INSERT INTO parts (sku, qty) VALUES ('bolt', 3), ('nut', 4);
