DO $$ BEGIN EXECUTE format('ALTER TABLE notes ADD COLUMN made timestamp DEFAULT %L', now()::timestamp); END $$;
