INSERT INTO orders SELECT g, g % 2, 's' || g, 'x' FROM generate_series(1, 1000) g;
