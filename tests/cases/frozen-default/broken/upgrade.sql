ALTER TABLE notes ADD COLUMN made timestamptz NOT NULL DEFAULT 'now';
