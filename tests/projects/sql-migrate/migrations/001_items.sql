-- +migrate Up
CREATE TABLE items (id serial PRIMARY KEY, name text NOT NULL);

-- +migrate Down
DROP TABLE items;
