-- The tables of this database that nobody else can read now, and whose sessions hold them, in one line.
SELECT coalesce(string_agg(DISTINCT format('%s is locked by process %s of %s', l.relation::regclass, l.pid,
                                           coalesce(a.usename, '?')), ', '), '')
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
