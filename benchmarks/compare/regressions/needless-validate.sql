-- what: A constraint that may stay NOT VALID is validated
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
ALTER TABLE code_chunks ADD CONSTRAINT check_lines CHECK (start_line <= end_line) NOT VALID;
-- candidate
ALTER TABLE code_chunks ADD CONSTRAINT check_lines CHECK (start_line <= end_line) NOT VALID;
ALTER TABLE code_chunks VALIDATE CONSTRAINT check_lines;
