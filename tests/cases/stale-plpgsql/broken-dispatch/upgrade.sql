ALTER TABLE members RENAME COLUMN mail TO email;
