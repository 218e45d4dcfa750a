-- what: The migrator's own table is locked against its readers
-- suite: migration_002
-- expect: regressed
-- by: counters
-- base
-- candidate
LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE;
