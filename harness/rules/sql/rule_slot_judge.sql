-- $1, $2: replication slots before and after.
WITH b AS (SELECT * FROM json_to_recordset($1) AS x (sort text, object text)),
a AS (SELECT * FROM json_to_recordset($2) AS x (sort text, object text))
SELECT a.object, 'is left behind: until somebody reads from it, the server keeps all WAL and dead rows of its catalogs, '
       'till its disk is full',
       format('SELECT pg_drop_replication_slot(%L), or let the consumer make the slot when it starts',
              replace(a.object, 'replication slot ', ''))
FROM a WHERE a.sort = 'slot' AND NOT EXISTS (SELECT FROM b WHERE b.sort = 'slot' AND b.object = a.object)
