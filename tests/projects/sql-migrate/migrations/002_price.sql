-- +migrate Up
ALTER TABLE items ADD price numeric(10, 2);

-- +migrate Down
ALTER TABLE items DROP price;
