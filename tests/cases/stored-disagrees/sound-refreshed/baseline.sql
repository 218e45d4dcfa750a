CREATE TABLE sales (id integer PRIMARY KEY, region text, total numeric);
CREATE MATERIALIZED VIEW region_totals AS SELECT region, sum(total) AS total FROM sales GROUP BY region;
