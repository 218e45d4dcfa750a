-- what: The COMMIT before the backfill is gone, so that the table stays locked through it
-- suite: library
-- expect: regressed
-- by: counters
-- base
COMMIT;
BEGIN;
UPDATE books SET title = title || 'x';
-- candidate
UPDATE books SET title = title || 'x';
