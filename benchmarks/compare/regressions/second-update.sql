-- what: What is set once is set twice
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
UPDATE code_chunks SET updated_at = now();
-- candidate
UPDATE code_chunks SET updated_at = now();
UPDATE code_chunks SET updated_at = now();
