-- what: A column is given its own type again, through an expression: the table is rewritten
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
-- candidate
ALTER TABLE code_chunks ALTER COLUMN content TYPE text USING content || '';
