INSERT INTO customers SELECT n, 'name ' || n FROM generate_series(1, 20) n;
INSERT INTO orders SELECT n, n, 'note ' || n, 'code ' || n, n, now(), n FROM generate_series(1, 20) n;
INSERT INTO notes SELECT n, 'text' FROM generate_series(1, 20) n;
INSERT INTO payments SELECT n, n FROM generate_series(1, 20) n;
INSERT INTO measures_old SELECT date '2020-01-01' + n, n FROM generate_series(1, 20) n;
INSERT INTO extra.tags VALUES (1, 'a'), (2, 'b');
