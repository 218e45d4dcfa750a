CREATE UNIQUE INDEX users_org_email ON users (org, lower(email)) WHERE deleted IS NULL;
DROP INDEX users_email;
