-- What is known of a database in front of its copy, one row.
SELECT current_database(), current_setting('server_version'), pg_database_size(current_database()),
       pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate,
       (SELECT pg_get_userbyid(c.relowner) FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND NOT EXISTS (
            SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
        GROUP BY c.relowner ORDER BY count(*) DESC, 1 LIMIT 1)
FROM pg_database d WHERE d.datname = current_database()
