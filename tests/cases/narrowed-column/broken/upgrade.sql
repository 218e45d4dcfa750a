ALTER TABLE carts ALTER COLUMN pieces TYPE smallint;
