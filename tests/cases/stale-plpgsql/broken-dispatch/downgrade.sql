ALTER TABLE members RENAME COLUMN email TO mail;
