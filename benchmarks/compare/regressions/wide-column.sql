-- what: A value that need not be long is
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
ALTER TABLE code_chunks ADD COLUMN note text;
UPDATE code_chunks SET note = 'x';
-- candidate
ALTER TABLE code_chunks ADD COLUMN note text;
UPDATE code_chunks SET note = repeat('x', 400);
