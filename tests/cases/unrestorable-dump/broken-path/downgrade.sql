ALTER TABLE areas DROP COLUMN slug; DROP FUNCTION slug_of(text);
