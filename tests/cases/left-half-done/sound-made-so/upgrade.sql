CREATE UNLOGGED TABLE leader (name text PRIMARY KEY, elected_at timestamptz);
CREATE TABLE queue (id integer PRIMARY KEY) WITH (autovacuum_enabled = false);
