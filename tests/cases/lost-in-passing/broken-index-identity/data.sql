INSERT INTO rooms VALUES (1, 'a'), (2, 'b');
