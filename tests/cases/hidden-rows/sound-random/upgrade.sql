ALTER TABLE flats ADD COLUMN kind text DEFAULT md5(random()::text);
