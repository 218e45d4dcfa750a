ALTER TYPE state RENAME TO state_was;
CREATE TYPE state AS ENUM ('open', 'done', 'left', 'finished');
ALTER TABLE tasks ALTER COLUMN state DROP DEFAULT, ALTER COLUMN state TYPE state USING state::text::state, ALTER COLUMN state SET DEFAULT 'open';
DROP TYPE state_was;
