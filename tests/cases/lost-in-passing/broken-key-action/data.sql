INSERT INTO houses VALUES (1), (2); INSERT INTO rooms VALUES (1, 1), (2, 2);
