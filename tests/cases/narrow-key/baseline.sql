CREATE TABLE owners (id serial PRIMARY KEY);
CREATE TABLE pets (id serial PRIMARY KEY, owner integer NOT NULL REFERENCES owners);
CREATE INDEX pets_owner ON pets (owner);
