CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, deleted timestamptz);
CREATE UNIQUE INDEX users_email ON users (email);
