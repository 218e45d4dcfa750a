INSERT INTO sales VALUES (1, 'north', 1), (2, 'south', 2);
REFRESH MATERIALIZED VIEW region_totals;
