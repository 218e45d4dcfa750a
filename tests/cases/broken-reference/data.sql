INSERT INTO depots VALUES (1), (2); INSERT INTO vans VALUES (1, 1), (2, 2);
