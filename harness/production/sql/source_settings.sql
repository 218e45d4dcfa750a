-- What ALTER DATABASE and ALTER ROLE ALL have set for every session of this database: NAME, VALUE;
-- those of the database win. Left out is what names files and places of the source's machine.
SELECT DISTINCT ON (1) split_part(s, '=', 1), substr(s, strpos(s, '=') + 1)
FROM pg_db_role_setting r, unnest(r.setconfig) s
WHERE r.setrole = 0 AND r.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND split_part(s, '=', 1) !~ 'preload|tablespace|^log_|^role$'
ORDER BY 1, r.setdatabase DESC
