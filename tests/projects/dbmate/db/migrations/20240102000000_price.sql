-- migrate:up
ALTER TABLE items ADD price numeric(10, 2);

-- migrate:down
ALTER TABLE items DROP price;
