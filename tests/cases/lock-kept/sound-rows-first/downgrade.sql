ALTER TABLE posts DROP COLUMN size;
UPDATE posts SET body = 'x';
