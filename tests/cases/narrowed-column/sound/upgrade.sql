-- two digits less behind the point, and as many before it
ALTER TABLE carts ALTER COLUMN pieces TYPE bigint, ALTER COLUMN code TYPE text, ALTER COLUMN price TYPE numeric(14, 2);
