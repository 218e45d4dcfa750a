CREATE TABLE mailboxes AS SELECT DISTINCT ON (email) email, id AS owner FROM users;
