CREATE TYPE job_state AS ENUM ('new', 'done');
ALTER TABLE jobs ADD COLUMN state job_state;
CREATE TABLE job_runs (id integer PRIMARY KEY, job integer);
