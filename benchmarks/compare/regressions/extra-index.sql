-- what: An index that nobody asked for
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
-- candidate
CREATE INDEX idx_code_chunks_path ON code_chunks (file_path);
