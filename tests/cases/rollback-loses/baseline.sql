CREATE TYPE state AS ENUM ('open', 'done');
CREATE TABLE tasks (id serial PRIMARY KEY, state state NOT NULL DEFAULT 'open', title text NOT NULL, rank integer UNIQUE);
