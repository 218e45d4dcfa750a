CREATE TABLE sales (at date NOT NULL, total integer) PARTITION BY RANGE (at);
CREATE TABLE sales_old (at date NOT NULL, total integer);
