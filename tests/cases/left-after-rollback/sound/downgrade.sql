DROP TABLE job_runs; ALTER TABLE jobs DROP COLUMN state; DROP TYPE job_state;
