ALTER TABLE note_history ADD CONSTRAINT note_history_note_fkey FOREIGN KEY (note) REFERENCES notes ON DELETE CASCADE;
