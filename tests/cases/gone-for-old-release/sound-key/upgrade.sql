CREATE UNIQUE INDEX users_email_new ON users (email) INCLUDE (deleted);
DROP INDEX users_email;
ALTER INDEX users_email_new RENAME TO users_email;
