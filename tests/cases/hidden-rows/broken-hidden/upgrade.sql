SET ROLE rules_owner;
ALTER TABLE flats ADD COLUMN kind text;
DO $$ BEGIN UPDATE flats SET kind = 'let'; END $$;
RESET ROLE;
