-- Every extension, for what a rollback leaves behind.
SELECT 'extension ' || quote_ident(extname) AS object FROM pg_extension
