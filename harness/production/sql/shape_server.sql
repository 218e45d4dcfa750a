-- The database and its server, in one row: NAME, VERSION, OWNER, ENCODING, COLLATION, CTYPE.
SELECT d.datname, split_part(current_setting('server_version'), ' ', 1), pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding),
       d.datcollate, d.datctype
FROM pg_database d WHERE d.datname = current_database()
