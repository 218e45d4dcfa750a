ALTER TABLE flats ADD COLUMN kind text DEFAULT 'let';
