INSERT INTO orders SELECT g, g, 'x' FROM generate_series(1, 1000) g;
