-- Writes the queries, each for some of the relations since a transaction locks all that it reads, that digest the row versions of every table and the state of every sequence
-- outside the system's schemas: a row each of name, kind, rows, row versions since transaction
-- $1 (a parameter of those queries), file and digest. None for an empty database.
--
-- A row version is its place and the transaction that wrote it, so an UPDATE that changes no value
-- shows too. age() makes transaction ids comparable over their wrap-around.
SELECT string_agg(
    CASE c.relkind
    WHEN 'S' THEN format(
        'SELECT %L, ''sequence'', 1, 0, pg_relation_filenode(%s), '
        'concat(last_value, '' '', is_called) FROM %I.%I',
        quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.oid, n.nspname, c.relname)
    ELSE format(
        'SELECT %L, ''table'', count(*), count(*) FILTER (WHERE age(xmin) <= age($1::text::xid)), '
        'pg_relation_filenode(%s), '
        'coalesce(sum(hashint8extended(xmin::text::bigint, hashtidextended(ctid, 0))::numeric), 0)::text '
        'FROM ONLY %I.%I',
        quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.oid, n.nspname, c.relname)
    END, E'\nUNION ALL\n' ORDER BY n.nspname, c.relname)
FROM (SELECT oid, relkind, relname, relnamespace, relispopulated,
             (row_number() OVER (ORDER BY relnamespace, relname) - 1) / 250 AS part
      FROM pg_class WHERE relkind IN ('r', 'm', 'S')) c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'S') AND (c.relkind <> 'm' OR c.relispopulated)
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
GROUP BY c.part ORDER BY c.part
