SET ROLE rules_owner; ALTER TABLE flats ADD COLUMN kind text; UPDATE flats SET kind = 'let'; RESET ROLE;
