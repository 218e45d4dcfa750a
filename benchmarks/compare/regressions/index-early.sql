-- what: An index is built before the rows change instead of after
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
UPDATE code_chunks SET file_path = file_path || 'x';
CREATE INDEX idx_code_chunks_path ON code_chunks (file_path);
-- candidate
CREATE INDEX idx_code_chunks_path ON code_chunks (file_path);
UPDATE code_chunks SET file_path = file_path || 'x';
