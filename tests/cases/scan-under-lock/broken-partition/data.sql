INSERT INTO sales_old SELECT date '2020-01-01' + g, g FROM generate_series(1, 50) g;
