UPDATE posts SET body = body || '.';
ALTER TABLE posts ADD COLUMN size integer;
