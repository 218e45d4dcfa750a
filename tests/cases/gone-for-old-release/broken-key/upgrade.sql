CREATE UNIQUE INDEX users_email_active ON users (email) WHERE deleted IS NULL;
DROP INDEX users_email;
