--! Previous: -
--! Hash: sha1:3621feb67be4625c7cf032b109a54b6ca117d2fe
--! Message: items

CREATE TABLE items (id serial PRIMARY KEY, name text NOT NULL);
