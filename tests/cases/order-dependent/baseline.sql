CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, city text);
CREATE TABLE addresses (id integer PRIMARY KEY, owner integer NOT NULL REFERENCES users, city text NOT NULL);
CREATE INDEX addresses_owner ON addresses (owner);
