ALTER TABLE note_history ADD CONSTRAINT line_is_short CHECK (length(line) < 1000);
