-- stands for a build that was cut off, and is mistaken for a whole one by IF NOT EXISTS
CREATE INDEX logs_at ON logs (at);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'logs_at'::regclass;
