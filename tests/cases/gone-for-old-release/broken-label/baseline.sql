CREATE TYPE state AS ENUM ('open', 'done', 'left');
CREATE TABLE tasks (id serial PRIMARY KEY, state state NOT NULL DEFAULT 'open');
