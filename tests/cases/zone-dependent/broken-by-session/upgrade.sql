ALTER TABLE visits ALTER COLUMN at TYPE timestamptz; -- the session's zone, both ways
