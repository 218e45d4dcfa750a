-- What the migrator's role $1 made while it was a superuser and only a superuser may own, for the role $2;
-- and membership for it in every other role, as a DBA grants what the migrator has to act for. A role that is
-- itself a member of it cannot be granted. Where it acts as another role, $3, what it made is that role's, whose memberships
-- are production's.
SELECT format('ALTER EVENT TRIGGER %I OWNER TO %I', evtname, $2::text) FROM pg_event_trigger WHERE pg_get_userbyid(evtowner) IN ($1, $3)
UNION ALL
SELECT format('ALTER FOREIGN DATA WRAPPER %I OWNER TO %I', fdwname, $2::text) FROM pg_foreign_data_wrapper WHERE pg_get_userbyid(fdwowner) IN ($1, $3)
UNION ALL
SELECT format('GRANT %I TO %I WITH ADMIN OPTION', r.rolname, m.rolname)
FROM pg_roles r, pg_roles m
WHERE m.rolname = $1 AND $3::text IS NULL AND r.oid >= 16384 AND r.oid <> m.oid AND r.rolname <> $2
  AND NOT EXISTS (SELECT FROM pg_auth_members x WHERE x.roleid = r.oid AND x.member = m.oid AND x.admin_option)
  AND NOT EXISTS (WITH RECURSIVE above(oid) AS (SELECT r.oid UNION SELECT x.roleid FROM above JOIN pg_auth_members x ON x.member = above.oid)
                  SELECT FROM above WHERE oid = m.oid)
