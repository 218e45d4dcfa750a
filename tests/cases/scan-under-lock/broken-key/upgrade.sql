CREATE INDEX sales_shop ON sales (shop); ALTER TABLE sales ADD CONSTRAINT sales_of_shop FOREIGN KEY (shop) REFERENCES shops;
