ALTER TABLE users ADD COLUMN born date; CREATE INDEX users_name ON users (name);
