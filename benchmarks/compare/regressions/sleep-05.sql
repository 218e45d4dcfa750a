-- what: It takes 5 % longer: below the threshold
-- suite: migration_002
-- expect: fine
-- by: time
-- base
-- candidate
SELECT pg_sleep({sleep 0.05});
