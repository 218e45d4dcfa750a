INSERT INTO rooms VALUES (1, 'a', 8), (2, 'a', 20), (3, 'b', NULL);
