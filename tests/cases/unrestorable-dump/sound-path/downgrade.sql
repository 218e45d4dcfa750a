DROP INDEX areas_slug; DROP FUNCTION slug_of(text);
