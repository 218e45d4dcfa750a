CREATE TABLE cities (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO cities (name) SELECT DISTINCT city FROM addresses;
ALTER TABLE addresses ADD COLUMN city_id bigint REFERENCES cities;
CREATE INDEX addresses_city_id ON addresses (city_id);
UPDATE addresses SET city_id = cities.id FROM cities WHERE cities.name = addresses.city;
