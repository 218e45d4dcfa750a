ALTER TABLE carts ALTER COLUMN code TYPE varchar(10);
