SET lock_timeout = '2s'; ALTER TABLE items ADD COLUMN x integer;
