INSERT INTO prices SELECT g, g FROM generate_series(1, 500) g;
