ALTER TABLE tickets ADD COLUMN state text NOT NULL DEFAULT 'open';
