-- The sessions of a client program whose application_name is $1, if none has that name (a URL or a pooler gave it
-- another) all others of our role in this database: their processes, and whether one works: a session that waits for
-- its client does not.
WITH others AS (SELECT * FROM pg_stat_activity WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'),
     named AS (SELECT * FROM others WHERE application_name = $1)
SELECT pid, state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'
FROM (SELECT * FROM named UNION ALL SELECT * FROM others WHERE NOT EXISTS (SELECT FROM named)) sessions
