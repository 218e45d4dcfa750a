DO $$ BEGIN
    ALTER TABLE posts ADD COLUMN size integer;
    UPDATE posts SET size = length(body);
END $$;
