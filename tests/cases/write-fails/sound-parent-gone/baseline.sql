CREATE TABLE makers (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE tools (id serial PRIMARY KEY, maker_id integer NOT NULL REFERENCES makers ON DELETE CASCADE);
