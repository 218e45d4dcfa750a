CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, org integer, deleted timestamptz);
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE deleted IS NULL;
