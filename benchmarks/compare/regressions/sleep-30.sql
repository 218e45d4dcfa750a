-- what: It takes 30 % longer, and no counter knows
-- suite: migration_002
-- expect: regressed
-- by: time
-- base
-- candidate
SELECT pg_sleep({sleep 0.30});
