-- what: No lock_timeout any more, so that others queue behind a lock that waits
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
SET LOCAL lock_timeout = '2s';
-- candidate
