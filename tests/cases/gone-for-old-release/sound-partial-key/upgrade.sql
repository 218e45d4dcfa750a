CREATE UNIQUE INDEX users_email_all ON users (lower(email));
DROP INDEX users_email;
