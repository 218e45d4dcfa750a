ALTER TABLE tickets ADD COLUMN state text;
UPDATE tickets SET state = 'open';
ALTER TABLE tickets ALTER COLUMN state SET NOT NULL;
