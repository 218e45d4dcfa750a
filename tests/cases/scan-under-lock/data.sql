INSERT INTO shops VALUES (1); INSERT INTO sales SELECT g, 1, g FROM generate_series(1, 500) g;
