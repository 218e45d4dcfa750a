CREATE EXTENSION IF NOT EXISTS pgcrypto; ALTER TABLE tokens ADD COLUMN secret text DEFAULT encode(gen_random_bytes(8), 'hex');
