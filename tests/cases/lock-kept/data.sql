INSERT INTO posts SELECT g, 'x' FROM generate_series(1, 200) g;
