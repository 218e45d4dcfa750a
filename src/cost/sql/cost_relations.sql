-- Every relation with its kind, its name as it is shown, its file and, where $1 is true and its
-- rows are somebody's own, its size with indexes and TOAST; the rest of its columns is for locks.
SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname), pg_relation_filenode(c.oid),
       CASE WHEN $1::boolean AND c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_'
                 AND n.nspname <> 'information_schema'
            THEN pg_total_relation_size(c.oid) END,
       c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY c.oid
